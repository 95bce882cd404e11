public import Model

/// What `offboard` did for each person, as text and as the document `idbridge.offboard/1`.
public struct OffboardReport: Hashable, Sendable {
    /// One access, wherever it hangs.
    public struct Access: Hashable, Sendable {
        /// What it is, in the words of the document: `removeMember`, `deleteAssignment`, `session` ….
        public var kind: String
        /// The group, by name.
        public var group: String?
        /// The account, by id.
        public var account: String?
        /// The account's name; for text alone.
        public var accountName: String?
        /// The permission set, by name.
        public var permissionSet: String?
        /// The application, by ARN.
        public var application: String?

        /// One access.
        public init(
            kind: String,
            group: String? = nil,
            account: String? = nil,
            accountName: String? = nil,
            permissionSet: String? = nil,
            application: String? = nil
        ) {
            self.kind = kind
            self.group = group
            self.account = account
            self.accountName = accountName
            self.permissionSet = permissionSet
            self.application = application
        }
    }

    /// An access that was withdrawn.
    public struct Withdrawal: Hashable, Sendable {
        /// What was withdrawn.
        public var access: Access
        /// The request id of the call; nil with `--dry-run`.
        public var requestID: String?
        /// When; nil with `--dry-run`.
        public var at: Timestamp?

        /// An access that was withdrawn.
        public init(_ access: Access, requestID: String?, at: Timestamp?) {
            self.access = access
            self.requestID = requestID
            self.at = at
        }
    }

    /// An access that still stands.
    public struct Standing: Hashable, Sendable {
        /// What stands.
        public var access: Access
        /// The latest time that it can last; nil where it has no end of itself.
        public var until: Timestamp?
        /// Why it stands, and what to do.
        public var reason: String

        /// An access that still stands.
        public init(_ access: Access, until: Timestamp?, reason: String) {
            self.access = access
            self.until = until
            self.reason = reason
        }
    }

    /// One person.
    public struct Person: Hashable, Sendable {
        /// The user name in Identity Center, else the USER as it was given.
        public var user: String
        /// The user's id; nil where Identity Center has no such user.
        public var userID: UserID?
        /// When the departure was recorded; nil with `--dry-run` and where the ledger failed.
        public var recordedAt: Timestamp?
        /// What was withdrawn, in order; with `--dry-run`, what would be.
        public var withdrawn: [Withdrawal]
        /// What still stands.
        public var standing: [Standing]
        /// When it was proven that nothing is left but sessions that had begun; nil where it is not.
        public var provenAt: Timestamp?
        /// The policy that ends running sessions, where it was asked for.
        public var denyPolicy: JSON?

        /// One person.
        public init(
            user: String,
            userID: UserID?,
            recordedAt: Timestamp?,
            withdrawn: [Withdrawal] = [],
            standing: [Standing] = [],
            provenAt: Timestamp? = nil,
            denyPolicy: JSON? = nil
        ) {
            self.user = user
            self.userID = userID
            self.recordedAt = recordedAt
            self.withdrawn = withdrawn
            self.standing = standing
            self.provenAt = provenAt
            self.denyPolicy = denyPolicy
        }
    }

    /// The people in the order in which they were named.
    public var people: [Person]
    /// Whether nothing was done: `--dry-run`.
    public var isDryRun: Bool

    /// What was done for people.
    public init(people: [Person], isDryRun: Bool = false) {
        self.people = people
        self.isDryRun = isDryRun
    }
}

extension OffboardReport {
    /// The document, with a newline at its end.
    public var document: String {
        let root: JSON = ["format": "idbridge.offboard/1", "people": .array(people.map(person))]
        return root.document
    }

    private func person(_ person: Person) -> JSON {
        guard case .object(var members) = members(person) else { return .null }
        if let policy = person.denyPolicy { members["denyPolicy"] = policy }
        return .object(members)
    }

    private func members(_ person: Person) -> JSON {
        [
            "user": .string(person.user), "userId": .optional(person.userID?.value),
            "recordedAt": .optional(person.recordedAt?.description),
            "provenAt": .optional(person.provenAt?.description),
            "withdrawn": .array(
                person.withdrawn.map { withdrawal in
                    members(
                        withdrawal.access,
                        ["requestId": .optional(withdrawal.requestID), "at": .optional(withdrawal.at?.description)]
                    )
                }
            ),
            "standing": .array(
                person.standing.map { standing in
                    members(
                        standing.access,
                        ["until": .optional(standing.until?.description), "reason": .string(standing.reason)]
                    )
                }
            ),
        ]
    }

    private func members(_ access: Access, _ more: [String: JSON]) -> JSON {
        var members = more
        members["kind"] = .string(access.kind)
        for (name, value) in [
            ("group", access.group), ("account", access.account), ("permissionSet", access.permissionSet),
            ("application", access.application),
        ] {
            if let value { members[name] = .string(value) }
        }
        return .object(members)
    }

    /// The report for a terminal: a person a paragraph, what was withdrawn, what stands, and whether it is proven.
    public func text(_ style: TextStyle = .plain) -> String {
        var page = TextPage(style: style)
        for (index, person) in people.enumerated() {
            if index > 0 { page.gap() }
            describe(person, &page)
        }
        return page.text
    }

    private func describe(_ person: Person, _ page: inout TextPage) {
        let id = person.userID.map { " (\(Printable.text($0.value)))" } ?? ", no user in Identity Center"
        page.line(Printable.name(person.user) + id, .heading)
        if let recordedAt = person.recordedAt { page.line("  departure recorded at \(recordedAt)", .faint) }
        page.table(
            person.withdrawn.map { withdrawal in
                let request = withdrawal.requestID.map { "request id \(Printable.text($0))" } ?? ""
                let reason = ReasonLine(text: withdrawal.at?.description ?? "", place: request)
                return OutlineLine(mark: .removed, what: withdrawal.access.text, reasons: [reason])
            },
            indent: 2
        )
        for standing in person.standing {
            let until = standing.until.map { ", until \($0) at the latest" } ?? ""
            page.line("  ! \(standing.access.text) stands\(until)", .changed)
            page.prose(Printable.text(standing.reason), indent: 6)
        }
        page.line("  " + outcome(person))
    }

    private func outcome(_ person: Person) -> String {
        let count = counted(person.withdrawn.count, "access", "accesses")
        if isDryRun { return "\(count) would be withdrawn; nothing was changed or recorded" }
        guard let provenAt = person.provenAt else {
            return "\(count) withdrawn; not proven yet that nothing comes back"
        }
        let rest = person.standing.isEmpty ? "nothing is left" : "nothing is left but what stands above"
        return "\(count) withdrawn; proven at \(provenAt): \(rest)"
    }
}

extension OffboardReport.Access {
    /// `group platform-admins`, `AdministratorAccess on prod (111122223333)`; safe to show.
    public var text: String {
        if let group { return "group \(Printable.name(group))" }
        if let application { return "application \(Printable.name(application))" }
        guard let account else { return Printable.text(kind) }
        let id = Printable.text(account)
        let place = accountName.map { "\(Printable.name($0)) (\(id))" } ?? id
        return permissionSet.map { "\(Printable.name($0)) on \(place)" } ?? "\(Printable.text(kind)) on \(place)"
    }
}
