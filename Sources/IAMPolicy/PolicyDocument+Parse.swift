extension PolicyDocument {
    /// Reads a document, and refuses what IAM would not have taken: unknown elements are more likely a mistake than an
    /// addition that may be ignored.
    ///
    /// Refused are: what is no JSON object, repeated keys, unknown elements or Version, a missing or wrong Effect,
    /// Action and NotAction both or neither, Resource and NotResource both or neither, Principal and NotPrincipal, an
    /// action without `vendor:`, and wrong types.
    ///
    /// Source: IAM user guide, "Grammar of the IAM JSON policy language".
    public static func parse(_ text: String) throws(PolicyError) -> PolicyDocument {
        guard let value = JSONReader.value(text), case .object(let members) = value else {
            throw PolicyError("it is not a JSON object")
        }
        if let key = value.repeatedKey { throw PolicyError("the key '\(key)' is repeated") }
        let document = Elements(members, within: "the document")
        try document.allow(["Version", "Id", "Statement"])
        let version = try document.string("Version")
        _ = try document.string("Id")
        guard version == nil || version == "2012-10-17" || version == "2008-10-17" else {
            throw PolicyError("the Version '\(version ?? "")' is unknown")
        }
        let hasVariables = version == "2012-10-17"
        var statements: [Statement] = []
        for (index, members) in try document.statements().enumerated() {
            statements.append(try Statement(members, index: index, hasVariables: hasVariables))
        }
        return PolicyDocument(statements: statements)
    }
}

extension Statement {
    fileprivate init(_ members: [JSONValue.Member], index: Int, hasVariables: Bool) throws(PolicyError) {
        let elements = Elements(members, within: "statement \(index)")
        if elements["Principal"] != nil || elements["NotPrincipal"] != nil {
            throw PolicyError("statement \(index): Principal has no place in an identity policy")
        }
        try elements.allow(
            ["Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"]
        )
        let sid = try elements.string("Sid")
        id = sid.flatMap { $0.isEmpty ? nil : .sid($0) } ?? .index(index)
        guard let effect = try elements.string("Effect").flatMap(Effect.init) else {
            throw PolicyError("statement \(index): Effect is neither Allow nor Deny")
        }
        self.effect = effect
        isConditional = try elements.isConditional()
        let (actions, isNotAction) = try elements.either("Action", "NotAction")
        for action in actions where !PolicyDocument.isAction(action) {
            throw PolicyError("statement \(index): the action '\(action)' has no vendor before a colon")
        }
        self.actions = Scope(patterns: actions.map(Glob.init(action:)), isComplement: isNotAction)
        let (resources, isNotResource) = try elements.either("Resource", "NotResource")
        // A variable is taken in the way that allows more.
        let matchesAll = (effect == .allow) != isNotResource
        let patterns = resources.compactMap { text in
            hasVariables ? Glob(resource: text, variablesMatchAll: matchesAll) : Glob(resource: text)
        }
        self.resources = Scope(patterns: patterns, isComplement: isNotResource)
    }
}

extension PolicyDocument {
    /// Whether a text is the pattern of an action: `*`, or a vendor and a colon before the rest.
    public static func isAction(_ text: String) -> Bool {
        text == "*" || (text.unicodeScalars.firstIndex(of: ":").map { $0 > text.startIndex } ?? false)
    }
}

/// The members of an object, asked for by name and type.
private struct Elements {
    private let members: [JSONValue.Member]
    private let place: String

    init(_ members: [JSONValue.Member], within place: String) {
        self.members = members
        self.place = place
    }

    subscript(_ key: String) -> JSONValue? { members.first { $0.key == key }?.value }

    func allow(_ keys: Set<String>) throws(PolicyError) {
        for member in members where !keys.contains(member.key) {
            throw PolicyError("\(place): the element '\(member.key)' is unknown")
        }
    }

    func string(_ key: String) throws(PolicyError) -> String? {
        switch self[key] {
        case nil: return nil
        case .string(let text): return text
        default: throw wrongType(key)
        }
    }

    /// One object, or a list of objects.
    func statements() throws(PolicyError) -> [[JSONValue.Member]] {
        switch self["Statement"] {
        case .object(let members): return [members]
        case .array(let values):
            var statements: [[JSONValue.Member]] = []
            for value in values {
                guard case .object(let members) = value else { throw wrongType("Statement") }
                statements.append(members)
            }
            return statements
        case nil: throw PolicyError("\(place): Statement is missing")
        default: throw wrongType("Statement")
        }
    }

    /// The texts of the one of two elements that is there.
    func either(_ plain: String, _ not: String) throws(PolicyError) -> (texts: [String], isNot: Bool) {
        switch (self[plain], self[not]) {
        case (nil, nil): throw PolicyError("\(place): neither \(plain) nor \(not) is there")
        case (_?, _?): throw PolicyError("\(place): both \(plain) and \(not) are there")
        case (let value?, nil): return (try texts(value, plain), false)
        case (nil, let value?): return (try texts(value, not), true)
        }
    }

    private func texts(_ value: JSONValue, _ key: String) throws(PolicyError) -> [String] {
        switch value {
        case .string(let text): return [text]
        case .array(let values):
            var texts: [String] = []
            for value in values {
                guard case .string(let text) = value else { throw wrongType(key) }
                texts.append(text)
            }
            return texts
        default: throw wrongType(key)
        }
    }

    /// Whether there is a Condition that asks for something; operators without keys ask for nothing.
    func isConditional() throws(PolicyError) -> Bool {
        guard let value = self["Condition"] else { return false }
        guard case .object(let operators) = value else { throw wrongType("Condition") }
        var isConditional = false
        for entry in operators {
            guard case .object(let keys) = entry.value, keys.allSatisfy({ Self.isConditionValue($0.value) }) else {
                throw wrongType("Condition")
            }
            if !keys.isEmpty { isConditional = true }
        }
        return isConditional
    }

    private static func isConditionValue(_ value: JSONValue) -> Bool {
        switch value {
        case .string, .bool, .number: true
        case .array(let values):
            values.allSatisfy { value in
                if case .array = value { false } else { isConditionValue(value) }
            }
        case .object, .null: false
        }
    }

    private func wrongType(_ key: String) -> PolicyError { PolicyError("\(place): \(key) has the wrong type") }
}
