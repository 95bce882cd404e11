/// A value that is bound to a statement's parameter.
enum Value: Hashable {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    init(_ text: String?) { self = text.map(Value.text) ?? .null }
    init(_ number: Int64?) { self = number.map(Value.integer) ?? .null }
    init(_ flag: Bool) { self = .integer(flag ? 1 : 0) }
}
