/// A search `query` of users or groups: clauses joined by spaces, all of which must hold.
///
/// Source: developers.google.com, "Search for users" and "Search for groups"; the fields that this product might use.
struct GoogleQuery {
    private enum Test {
        case equal, contains, prefix
    }
    private struct Clause {
        var field: String
        var test: Test
        var value: String

        func holds(_ values: [String]) -> Bool {
            let wanted = value.lowercased()
            return values.contains { value in
                switch test {
                case .equal: value.lowercased() == wanted
                case .contains: value.lowercased().contains(wanted)
                case .prefix: value.lowercased().hasPrefix(wanted)
                }
            }
        }
    }
    private var clauses: [Clause] = []

    init(_ text: String) throws(Refusal) {
        var rest = text[...]
        while true {
            rest = rest.drop { $0 == " " }
            guard !rest.isEmpty else { return }
            guard let clause = Self.clause(&rest) else { throw .invalidInput("query") }
            clauses.append(clause)
        }
    }

    private static func clause(_ rest: inout Substring) -> Clause? {
        let field = rest.prefix { $0.isLetter || $0 == "." || $0 == "_" }
        rest = rest.dropFirst(field.count)
        guard !field.isEmpty, let sign = rest.first, sign == "=" || sign == ":" else { return nil }
        rest = rest.dropFirst()
        var value = ""
        if rest.first == "'" {
            rest = rest.dropFirst()
            while let character = rest.first, character != "'" {
                if character == "\\" { rest = rest.dropFirst() }
                if let kept = rest.first { value.append(kept) }
                rest = rest.dropFirst()
            }
            guard rest.first == "'" else { return nil }
            rest = rest.dropFirst()
        } else {
            value = String(rest.prefix { $0 != " " })
            rest = rest.dropFirst(value.count)
        }
        if sign == ":", value.hasSuffix("*") {
            return Clause(field: String(field), test: .prefix, value: String(value.dropLast()))
        }
        return Clause(field: String(field), test: sign == "=" ? .equal : .contains, value: value)
    }

    /// The value of `memberKey=`, which groups are asked by.
    var memberKey: String? { clauses.first { $0.field == "memberKey" }?.value }

    func matches(_ user: World.GoogleUser) -> Bool {
        clauses.allSatisfy { clause in
            switch clause.field {
            case "email": clause.holds(user.addresses)
            case "name": clause.holds(["\(user.givenName) \(user.familyName)"])
            case "givenName": clause.holds([user.givenName])
            case "familyName": clause.holds([user.familyName])
            case "isSuspended": clause.holds([String(user.isSuspended)])
            case "isArchived": clause.holds([String(user.isArchived)])
            case "isAdmin": clause.holds([String(user.isAdmin)])
            case "isDelegatedAdmin": clause.holds([String(user.isDelegatedAdmin)])
            case "orgUnitPath": (user.orgUnitPath + "/").hasPrefix(clause.value + "/")
            default: false
            }
        }
    }

    func matches(_ group: World.GoogleGroup) -> Bool {
        clauses.allSatisfy { clause in
            switch clause.field {
            case "email": clause.holds(group.addresses)
            case "name": clause.holds([group.name])
            case "memberKey": true
            default: false
            }
        }
    }
}
