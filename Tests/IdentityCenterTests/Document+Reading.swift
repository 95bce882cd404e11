import FoundationEssentials

@testable import IdentityCenter

extension Document: Decodable {
    /// Reads any JSON but null and fractions.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            self = .flag(value)
        } else if let value = try? container.decode(Int.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([Document].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: Document].self))
        }
    }

    static func parsed(_ bytes: [UInt8]) -> Document? {
        try? JSONDecoder().decode(Document.self, from: Data(bytes))
    }

    subscript(_ key: String) -> Document? {
        if case .object(let members) = self { members[key] } else { nil }
    }
    var text: String? { if case .text(let value) = self { value } else { nil } }
    var number: Int? { if case .number(let value) = self { value } else { nil } }
    var list: [Document]? { if case .list(let value) = self { value } else { nil } }
    var keys: Set<String> { if case .object(let members) = self { Set(members.keys) } else { [] } }
}
