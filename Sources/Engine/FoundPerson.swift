public import Model

/// One human being as sources and target know them, found by one of their names.
public struct FoundPerson: Hashable, Sendable {
    /// The Identity Center user; nil where there is none.
    public var target: TargetUser?
    /// The users of sources, by the sources' names.
    public var users: [String: SourceUser]
    /// A departure on record that the name fits, where that is all that is known of the person.
    public var recorded: Departure?

    /// A person as sources and target know them.
    public init(target: TargetUser?, users: [String: SourceUser] = [:], recorded: Departure? = nil) {
        self.target = target
        self.users = users
        self.recorded = recorded
    }

    private var sorted: [(source: String, user: SourceUser)] {
        users.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// The name to show: user name, else primary address.
    public var name: String {
        target?.userName ?? sorted.first?.user.primaryAddress ?? recorded?.identifiers.primaryAddress ?? recorded?.id
            ?? ""
    }

    /// Everything by which the person can be known again; aliases are not among it.
    public var identifiers: Departure.Identifiers {
        if target == nil, users.isEmpty, let recorded { return recorded.identifiers }
        return Departure.Identifiers(
            sourceIDs: sorted.map(\.user.id.value),
            externalIDs: target?.externalIDs.map(\.id) ?? [],
            userID: target?.id,
            primaryAddress: sorted.first?.user.primaryAddress ?? target?.userName
        )
    }

    /// Names and ids, for somebody who must choose between two.
    public var shown: String {
        var parts = sorted.map { "\($0.source) \($0.user.primaryAddress) (\($0.user.id))" }
        if let target { parts.append("Identity Center \(target.userName) (\(target.id))") }
        if parts.isEmpty, let recorded {
            let name = recorded.identifiers.primaryAddress ?? recorded.id
            parts.append("\(name), departed since \(recorded.since) (\(recorded.id))")
        }
        return parts.joined(separator: ", ")
    }

    /// Whether a text is one of the person's own identifiers; an alias is none.
    func isNamed(_ key: String) -> Bool {
        let key = key.folded
        if let target {
            if target.id.value.folded == key || target.userName.folded == key { return true }
            if target.primaryEmail?.folded == key || target.externalIDs.contains(where: { $0.id.folded == key }) {
                return true
            }
        }
        return users.values.contains { $0.id.value.folded == key || $0.primaryAddress.folded == key }
    }
}

/// What a USER comes to.
public struct PersonFinding: Sendable {
    /// The USER as it was given.
    public var asked: String
    /// The people whom it fits: none, one, or, where it cannot be told who is meant, several.
    public var people: [FoundPerson] = []
    /// Sources that could not be asked.
    public var problems: [UpstreamError] = []
    /// Why the target could not be asked; nil where it was.
    public var targetProblem: UpstreamError?

    init(asked: String) { self.asked = asked }

    /// The one person whom it fits.
    public var person: FoundPerson? { people.count == 1 ? people[0] : nil }

    /// Whether it fits two or more people.
    public var isAmbiguous: Bool { people.count > 1 }
}
