/// The members of a JSON request, read with the constraints of the service's model.
struct Input {
    private let members: [String: JSONValue]

    init(_ members: [String: JSONValue]) {
        self.members = members
    }

    /// A text that must be there.
    func text(_ name: String, _ length: ClosedRange<Int> = 1...1024, where isLegal: (String) -> Bool = { _ in true })
        throws(Refusal) -> String
    {
        guard let text = try optionalText(name, length, where: isLegal) else {
            throw .invalid(name, "Member must not be null")
        }
        return text
    }

    /// A text that may be there.
    func optionalText(
        _ name: String,
        _ length: ClosedRange<Int> = 1...1024,
        where isLegal: (String) -> Bool = { _ in true }
    ) throws(Refusal) -> String? {
        switch members[name] {
        case nil, .null: return nil
        case .string(let text):
            guard text.unicodeScalars.count >= length.lowerBound else {
                throw .invalid(name, "Member must have length greater than or equal to \(length.lowerBound)")
            }
            guard text.unicodeScalars.count <= length.upperBound else {
                throw .invalid(name, "Member must have length less than or equal to \(length.upperBound)")
            }
            guard isLegal(text) else { throw .invalid(name, "Member must satisfy the regular expression pattern") }
            return text
        default: throw .notSerializable(name)
        }
    }

    /// One of some words that must be there.
    func word(_ name: String, _ words: [String]) throws(Refusal) -> String {
        guard let word = try optionalWord(name, words) else { throw .invalid(name, "Member must not be null") }
        return word
    }

    /// One of some words that may be there.
    func optionalWord(_ name: String, _ words: [String]) throws(Refusal) -> String? {
        guard let text = try optionalText(name) else { return nil }
        guard words.contains(text) else {
            throw .invalid(name, "Member must satisfy enum value set: [\(words.joined(separator: ", "))]")
        }
        return text
    }

    /// A whole number that may be there.
    func integer(_ name: String) throws(Refusal) -> Int? {
        switch members[name] {
        case nil, .null: return nil
        case .integer(let number): return number
        default: throw .notSerializable(name)
        }
    }

    /// An object that must be there.
    func object(_ name: String) throws(Refusal) -> Input {
        guard let object = try optionalObject(name) else { throw .invalid(name, "Member must not be null") }
        return object
    }

    /// An object that may be there.
    func optionalObject(_ name: String) throws(Refusal) -> Input? {
        switch members[name] {
        case nil, .null: return nil
        case .object(let object): return Input(object)
        default: throw .notSerializable(name)
        }
    }

    /// A list that must be there, within a number of elements.
    func list(_ name: String, _ count: ClosedRange<Int>) throws(Refusal) -> [JSONValue] {
        switch members[name] {
        case nil, .null: throw .invalid(name, "Member must not be null")
        case .array(let list):
            guard count.contains(list.count) else {
                throw .invalid(name, "Member must have length within \(count.lowerBound) and \(count.upperBound)")
            }
            return list
        default: throw .notSerializable(name)
        }
    }

    /// Whether there is such a member.
    func has(_ name: String) -> Bool { members[name] != nil && members[name] != .null }

    /// The member as it came.
    func value(_ name: String) -> JSONValue? { members[name] }

    /// Refuses members that the operation does not have: a strict stand-in for the client's own model.
    func allow(_ names: [String]) throws(Refusal) {
        for name in members.keys.sorted() where !names.contains(name) {
            throw Refusal("SerializationException", "The operation has no member '\(name)'.")
        }
    }
}

extension Refusal {
    /// AWS's message for a value that breaks a constraint; the member is shown with a small first letter.
    static func invalid(_ member: String, _ constraint: String) -> Refusal {
        let name = member.prefix(1).lowercased() + member.dropFirst()
        return .validation(
            "1 validation error detected: Value at '\(name)' failed to satisfy constraint: \(constraint)"
        )
    }

    static func validation(_ message: String) -> Refusal { Refusal("ValidationException", message) }

    static func notSerializable(_ member: String) -> Refusal {
        Refusal("SerializationException", "The member '\(member)' has another type.")
    }

    static func accessDenied(_ message: String) -> Refusal { Refusal("AccessDeniedException", message) }
}

/// The character classes of the models.
enum Characters {
    /// `[\p{L}\p{M}\p{S}\p{N}\p{P}\t\n\r ]+`: no control and format characters.
    static func areShown(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { isShown($0) || "\t\n\r".unicodeScalars.contains($0) || isSpace($0) }
    }

    /// The same without white space.
    static func areShownWithoutSpace(_ text: String) -> Bool { text.unicodeScalars.allSatisfy(isShown) }

    /// `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*`, the descriptions of permission sets.
    static func areLatin(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            [0x9, 0xA, 0xD].contains(scalar.value) || (0x20...0x7E).contains(scalar.value)
                || (0xA1...0xFF).contains(scalar.value)
        }
    }

    /// `[\w+=,.@-]+`.
    static func areNames(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
                || "_+=,.@-".unicodeScalars.contains(scalar)
        }
    }

    /// Twelve digits.
    static func areAccountID(_ text: String) -> Bool {
        text.utf8.count == 12 && text.utf8.allSatisfy { (48...57).contains($0) }
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .spaceSeparator
    }

    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .spaceSeparator, .lineSeparator,
            .paragraphSeparator:
            false
        default: true
        }
    }
}
