internal import HTTP
internal import Model

/// A property of a resource in an answer: a delta leaves out what has not changed.
enum Property<Value: Decodable & Hashable & Sendable>: Hashable, Sendable {
    case absent
    case null
    case value(Value)

    /// The value, where there is one.
    var value: Value? {
        guard case .value(let value) = self else { return nil }
        return value
    }

    /// What stands after this property was told: the old value where it is absent.
    func over(_ old: Value?) -> Value? { self == .absent ? old : value }

    /// Both tellings as one; nil where they contradict each other.
    func joined(_ other: Self) -> Self? {
        if self == .absent { return other }
        return other == .absent || other == self ? self : nil
    }
}

extension KeyedDecodingContainer {
    /// A property that may be absent or null.
    func property<Value>(_ key: Key) throws -> Property<Value> {
        guard contains(key) else { return .absent }
        return try decodeNil(forKey: key) ? .null : .value(try decode(Value.self, forKey: key))
    }

    /// A text that may not be empty.
    func nonEmpty(_ key: Key) throws -> String {
        let text = try decode(String.self, forKey: key)
        guard !text.isEmpty else { throw MalformedAnswer("`\(key.stringValue)` is empty") }
        return text
    }
}

/// What tells the entries of one list apart.
protocol Listed: Decodable, Sendable {
    var id: String { get }
}

/// A user as Graph tells of it: whole in a list, or as far as it has changed in a delta.
///
/// Source: Microsoft Graph, resource type `user`; "Use delta query to track changes".
struct UserEntry: Listed, Hashable {
    /// The properties asked for. With others the links of old copies are of no use: see `DirectoryCopy.version`.
    ///
    /// - Parameter withLeaveDate: whether the application may see when an employee leaves; Graph refuses to tell others.
    static func select(withLeaveDate: Bool) -> String {
        "id,userPrincipalName,mail,proxyAddresses,displayName,givenName,surname,accountEnabled,userType,createdDateTime"
            + (withLeaveDate ? ",employeeLeaveDateTime" : "")
    }

    var id: String
    var isRemoved = false
    var userPrincipalName: Property<String> = .absent
    var mail: Property<String> = .absent
    var proxyAddresses: Property<[String]> = .absent
    var displayName: Property<String> = .absent
    var givenName: Property<String> = .absent
    var surname: Property<String> = .absent
    var accountEnabled: Property<Bool> = .absent
    var userType: Property<String> = .absent
    var createdDateTime: Property<String> = .absent
    var employeeLeaveDateTime: Property<String> = .absent

    private enum Keys: String, CodingKey {
        case id, userPrincipalName, mail, proxyAddresses, displayName, givenName, surname, accountEnabled, userType
        case createdDateTime, employeeLeaveDateTime
        case removed = "@removed"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Keys.self)
        id = try container.nonEmpty(.id)
        isRemoved = container.contains(.removed)
        userPrincipalName = try container.property(.userPrincipalName)
        mail = try container.property(.mail)
        proxyAddresses = try container.property(.proxyAddresses)
        displayName = try container.property(.displayName)
        givenName = try container.property(.givenName)
        surname = try container.property(.surname)
        accountEnabled = try container.property(.accountEnabled)
        userType = try container.property(.userType)
        createdDateTime = try container.property(.createdDateTime)
        employeeLeaveDateTime = try container.property(.employeeLeaveDateTime)
    }

    /// An entry with nothing but its id.
    init(id: String, isRemoved: Bool = false) {
        self.id = id
        self.isRemoved = isRemoved
    }

    /// Both entries as one; nil where they contradict each other.
    func joined(_ other: UserEntry) -> UserEntry? {
        guard isRemoved == other.isRemoved, let userPrincipalName = userPrincipalName.joined(other.userPrincipalName),
            let mail = mail.joined(other.mail), let proxyAddresses = proxyAddresses.joined(other.proxyAddresses),
            let displayName = displayName.joined(other.displayName),
            let givenName = givenName.joined(other.givenName), let surname = surname.joined(other.surname),
            let accountEnabled = accountEnabled.joined(other.accountEnabled),
            let userType = userType.joined(other.userType),
            let createdDateTime = createdDateTime.joined(other.createdDateTime),
            let employeeLeaveDateTime = employeeLeaveDateTime.joined(other.employeeLeaveDateTime)
        else { return nil }
        var entry = UserEntry(id: id, isRemoved: isRemoved)
        entry.userPrincipalName = userPrincipalName
        entry.mail = mail
        entry.proxyAddresses = proxyAddresses
        entry.displayName = displayName
        entry.givenName = givenName
        entry.surname = surname
        entry.accountEnabled = accountEnabled
        entry.userType = userType
        entry.createdDateTime = createdDateTime
        entry.employeeLeaveDateTime = employeeLeaveDateTime
        return entry
    }
}

/// A user as the copy keeps it.
struct UserRecord: Hashable, Sendable {
    var userPrincipalName: String
    var mail: String?
    var proxyAddresses: [String]
    var displayName: String?
    var givenName: String?
    var surname: String?
    var accountEnabled: Bool
    var userType: String?
    var employeeLeaveDateTime: String?

    /// A user told whole; nil where the name or `accountEnabled` is missing.
    init?(_ entry: UserEntry) {
        guard let name = entry.userPrincipalName.value, !name.isEmpty, let isEnabled = entry.accountEnabled.value else {
            return nil
        }
        userPrincipalName = name
        accountEnabled = isEnabled
        mail = entry.mail.value
        proxyAddresses = (entry.proxyAddresses.value ?? []).sorted()
        displayName = entry.displayName.value
        givenName = entry.givenName.value
        surname = entry.surname.value
        userType = entry.userType.value
        employeeLeaveDateTime = entry.employeeLeaveDateTime.value
    }

    /// The record after a change; nil where the change takes away what every user has.
    func changed(by entry: UserEntry) -> UserRecord? {
        guard let name = entry.userPrincipalName.over(userPrincipalName), !name.isEmpty,
            let isEnabled = entry.accountEnabled.over(accountEnabled)
        else { return nil }
        var record = self
        record.userPrincipalName = name
        record.accountEnabled = isEnabled
        record.mail = entry.mail.over(mail)
        record.proxyAddresses = (entry.proxyAddresses.over(proxyAddresses) ?? []).sorted()
        record.displayName = entry.displayName.over(displayName)
        record.givenName = entry.givenName.over(givenName)
        record.surname = entry.surname.over(surname)
        record.userType = entry.userType.over(userType)
        record.employeeLeaveDateTime = entry.employeeLeaveDateTime.over(employeeLeaveDateTime)
        return record
    }

    init(
        userPrincipalName: String,
        mail: String?,
        proxyAddresses: [String],
        displayName: String?,
        givenName: String?,
        surname: String?,
        accountEnabled: Bool,
        userType: String?,
        employeeLeaveDateTime: String?
    ) {
        self.userPrincipalName = userPrincipalName
        self.mail = mail
        self.proxyAddresses = proxyAddresses
        self.displayName = displayName
        self.givenName = givenName
        self.surname = surname
        self.accountEnabled = accountEnabled
        self.userType = userType
        self.employeeLeaveDateTime = employeeLeaveDateTime
    }

    private var isGuest: Bool {
        userType?.lowercased() == "guest" || userPrincipalName.uppercased().contains("#EXT#")
    }

    /// The smtp entries of `proxyAddresses` without their prefix, which is upper case for the primary one.
    private var aliases: [String] {
        var addresses = proxyAddresses.filter { $0.lowercased().hasPrefix("smtp:") }.map { String($0.dropFirst(5)) }
        if isGuest, let mail { addresses.append(mail) }
        var seen: Set<String> = []
        return addresses.filter { !$0.isEmpty && seen.insert($0.lowercased()).inserted }
    }

    /// The user as a value of the model, in the state given or else its own.
    func user(id: String, state: UserState? = nil) -> SourceUser {
        SourceUser(
            id: SourceUserID(id),
            primaryAddress: userPrincipalName,
            aliases: aliases,
            mail: mail,
            state: state ?? (accountEnabled ? .active : .suspended),
            isGuest: isGuest,
            displayName: displayName.flatMap { $0.isEmpty ? nil : $0 },
            givenName: givenName,
            familyName: surname,
            leavesAt: employeeLeaveDateTime.flatMap { Timestamp(rfc3339: $0) }
        )
    }
}
