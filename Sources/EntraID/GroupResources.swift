internal import Model

/// A group as Graph tells of it: whole in a list, or as far as it has changed in a delta.
///
/// Source: Microsoft Graph, resource type `group`; "Get incremental changes for groups".
struct GroupEntry: Listed, Hashable {
    /// The properties asked for.
    static let select = "id,displayName,visibility,createdDateTime"

    var id: String
    var isRemoved = false
    var displayName: Property<String> = .absent
    var visibility: Property<String> = .absent
    var createdDateTime: Property<String> = .absent
    /// What a delta tells of the direct members.
    var members: [MemberEntry] = []

    private enum Keys: String, CodingKey {
        case id, displayName, visibility, createdDateTime
        case removed = "@removed"
        case members = "members@delta"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        id = try container.nonEmpty(.id)
        isRemoved = container.contains(.removed)
        displayName = try container.property(.displayName)
        visibility = try container.property(.visibility)
        createdDateTime = try container.property(.createdDateTime)
        // Left out where nothing changed; null is no answer, and must not be kept as nobody.
        members = container.contains(.members) ? try container.decode([MemberEntry].self, forKey: .members) : []
    }

    /// An entry with nothing but its id.
    init(id: String, isRemoved: Bool = false) {
        self.id = id
        self.isRemoved = isRemoved
    }
}

/// What kind of object a member is.
enum MemberKind: UInt8, Hashable, Sendable {
    case user = 1
    case group = 2
    /// Devices, service principals, contacts: they count nowhere.
    case other = 3
    /// The answer does not say.
    case unknown = 4

    init(type: String?) {
        switch type?.lowercased() {
        case "#microsoft.graph.user": self = .user
        case "#microsoft.graph.group": self = .group
        case nil: self = .unknown
        default: self = .other
        }
    }
}

/// A direct member as lists and deltas give it.
struct MemberEntry: Listed, Hashable {
    var id: String
    var kind: MemberKind
    var isRemoved: Bool

    private enum Keys: String, CodingKey {
        case id
        case type = "@odata.type"
        case removed = "@removed"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        id = try container.nonEmpty(.id)
        kind = MemberKind(type: try container.decodeIfPresent(String.self, forKey: .type))
        isRemoved = container.contains(.removed)
    }
}

/// A group as the copy keeps it.
struct GroupRecord: Hashable, Sendable {
    var displayName: String
    var isHidden: Bool
    /// The direct members by id; nil where they are not known.
    var members: [String: MemberKind]?

    init(displayName: String, isHidden: Bool, members: [String: MemberKind]? = nil) {
        self.displayName = displayName
        self.isHidden = isHidden
        self.members = members
    }

    /// A group told whole, its members aside.
    init(_ entry: GroupEntry) {
        displayName = entry.displayName.value ?? ""
        isHidden = Self.isHidden(entry.visibility.value)
    }

    /// Takes over the properties that an entry tells.
    mutating func change(by entry: GroupEntry) {
        displayName = entry.displayName.over(displayName) ?? ""
        if entry.visibility != .absent { isHidden = Self.isHidden(entry.visibility.value) }
    }

    private static func isHidden(_ visibility: String?) -> Bool { visibility?.lowercased() == "hiddenmembership" }

    /// The group as a value of the model.
    func group(id: String) -> SourceGroup { SourceGroup(id: SourceGroupID(id), displayName: displayName) }
}
