/// What an action does.
public enum ActionKind: String, Hashable, Sendable, CaseIterable, Comparable {
    case createUser, updateUser, disableUser, enableUser, deleteUser
    case createGroup, updateGroup, deleteGroup
    case addMember, removeMember
    case createAssignment, deleteAssignment

    /// Orders by the text.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

    /// Whether the action takes something away.
    public var takes: Bool {
        switch self {
        case .disableUser, .deleteUser, .deleteGroup, .removeMember, .deleteAssignment: true
        case .createUser, .updateUser, .enableUser, .createGroup, .updateGroup, .addMember, .createAssignment: false
        }
    }
}

/// Why an action is in the plan: an entry of the mapping, and the path through nested groups.
public struct Because: Hashable, Sendable {
    /// `SOURCE:GROUP` as the mapping writes it, or `user:ADDRESS`; nil for an access entry.
    public var via: String?
    /// The nested groups, outermost first; empty where the path is direct.
    public var through: [String]
    /// The mapping file.
    public var file: String
    /// The line of the entry, from one.
    public var line: Int
    /// The `note` of an access entry.
    public var note: String?

    /// Why an action is in the plan.
    public init(via: String? = nil, through: [String] = [], file: String, line: Int, note: String? = nil) {
        self.via = via
        self.through = through
        self.file = file
        self.line = line
        self.note = note
    }
}

/// A field before and after.
public struct FieldChange: Hashable, Sendable {
    /// The value found; nil where there is none.
    public var from: String?
    /// The value wanted; nil where there shall be none.
    public var to: String?
    /// A field before and after.
    public init(from: String?, to: String?) {
        self.from = from
        self.to = to
    }
}

/// A fact to be read a second time, and the source that is asked.
public struct Evidence: Hashable, Sendable {
    /// The source's name.
    public var source: String
    /// The fact.
    public var fact: SourceFact
    /// For ``SourceFact/nobodyAlive(externalIDs:userName:)``: users whom the list had under these names, and who are
    /// linked to somebody else. That they are found says nothing against the list.
    public var known: [SourceUserID]
    /// A fact and the source that is asked.
    public init(source: String, fact: SourceFact, known: [SourceUserID] = []) {
        self.source = source
        self.fact = fact
        self.known = known
    }
}

/// One change from observed to desired, with the reason for it.
public struct Action: Hashable, Sendable {
    /// Derived from kind and objects; stable between plans.
    public var id: String
    /// What it does.
    public var kind: ActionKind
    /// The group's display name after the plan.
    public var group: String?
    /// The group; nil where it is not made yet.
    public var groupID: GroupID?
    /// The target user's user name; for `createUser` the one to be.
    public var user: String?
    /// The target user; nil where it is not made yet.
    public var userID: UserID?
    /// The account.
    public var account: AccountID?
    /// The account's name.
    public var accountName: String?
    /// The permission set's name.
    public var permissionSet: String?
    /// The permission set.
    public var permissionSetARN: PermissionSetARN?
    /// `createGroup`: the description that it writes.
    public var description: String?
    /// `updateGroup`, `updateUser`: fields before and after, by name.
    public var changes: [String: FieldChange]
    /// Why, for additions; for removals the entries that still have a place in the mapping.
    public var because: [Because]
    /// What ended a membership or assignment, in the contract's order; empty for additions.
    public var ended: [String]
    /// Ids of the actions that must have succeeded first.
    public var after: [String]

    /// The membership that `removeMember` deletes; not in the document.
    public var membership: MembershipID?
    /// What a `removeMember` rests on and is read again before it; not in the document.
    public var evidence: [Evidence]
    /// The group's revision as it was read; not in the document.
    public var revision: String?
    /// The user that `createUser` makes; not in the document.
    public var newUser: NewUser?
    /// Whether the action withdraws a recorded departure or an expired window: no brake stops these; not in the document.
    public var passesBrakes: Bool
    /// Whether it is one of the withdrawals that come before everything else; not in the document.
    public var comesFirst: Bool

    /// An action whose other fields are filled in by the planner.
    public init(id: String = "", kind: ActionKind) {
        self.id = id
        self.kind = kind
        changes = [:]
        because = []
        ended = []
        after = []
        evidence = []
        passesBrakes = false
        comesFirst = false
    }
}
