/// A `fields` parameter: `nextPageToken,users(id,name/givenName)`; what is not selected is left out.
///
/// Source: developers.google.com, "Partial response".
struct FieldsMask {
    private indirect enum Selection {
        case everything
        case members([String: Selection])
    }
    private let selection: Selection

    /// Nil where the text is not a selection.
    init?(_ text: String) {
        var rest = Array(text)[...]
        guard let selection = Self.list(&rest), rest.isEmpty else { return nil }
        self.selection = selection
    }

    func applied(to value: JSONValue) -> JSONValue { Self.apply(selection, to: value) }

    private static func apply(_ selection: Selection, to value: JSONValue) -> JSONValue {
        guard case .members(let wanted) = selection else { return value }
        switch value {
        case .array(let list): return .array(list.map { apply(selection, to: $0) })
        case .object(let members):
            var kept: [String: JSONValue] = [:]
            for (name, member) in members {
                if let inner = wanted[name] ?? wanted["*"] { kept[name] = apply(inner, to: member) }
            }
            return .object(kept)
        default: return value
        }
    }

    private static func list(_ rest: inout ArraySlice<Character>) -> Selection? {
        var members: [String: Selection] = [:]
        while true {
            guard let (name, selection) = item(&rest) else { return nil }
            members[name] = merged(members[name], selection)
            guard rest.first == "," else { return .members(members) }
            rest = rest.dropFirst()
        }
    }

    private static func item(_ rest: inout ArraySlice<Character>) -> (String, Selection)? {
        let name = String(rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "*" })
        guard !name.isEmpty else { return nil }
        rest = rest.dropFirst(name.count)
        switch rest.first {
        case "/":
            rest = rest.dropFirst()
            guard let (inner, selection) = item(&rest) else { return nil }
            return (name, .members([inner: selection]))
        case "(":
            rest = rest.dropFirst()
            guard let inner = list(&rest), rest.first == ")" else { return nil }
            rest = rest.dropFirst()
            return (name, inner)
        default: return (name, .everything)
        }
    }

    private static func merged(_ old: Selection?, _ new: Selection) -> Selection {
        guard case .members(let left) = old, case .members(let right) = new else {
            return old == nil ? new : .everything
        }
        return .members(left.merging(right) { merged($0, $1) })
    }
}
