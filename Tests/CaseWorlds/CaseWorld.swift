public import Model
public import Planner
internal import YAML

/// The clouds of a case, answering what a planning asks to read.
public struct CaseWorld: Sendable {
    private let root: Node
    /// The sources as they would be read whole.
    private var directories: [(directory: Directory, deleted: [SourceUser], unreadable: Node?)] = []
    private var target: ObservedState
    private var memberships: [GroupID: [GroupMembership]] = [:]
    private var assignments: [AccountAssignment] = []
    private var applications: [GroupID: Bool] = [:]

    /// The clouds of a case.
    public init(_ file: CaseFile) {
        root = file.root
        target = CaseWorld.target(root)
        readSources()
        readTarget()
    }

    /// The departures of the case.
    public var departures: [Departure] {
        (root["departed"]?.list ?? []).enumerated().map { index, node in
            Departure(
                id: "departure-\(index)",
                since: Timestamp(rfc3339: node["since"]?.text ?? "") ?? Timestamp(seconds: 0),
                origin: .requested,
                identifiers: Departure.Identifiers(
                    sourceIDs: node["sourceIds"]?.texts ?? [],
                    externalIDs: node["externalIds"]?.texts ?? [],
                    userID: node["userId"].map { UserID($0.text) },
                    primaryAddress: node["primary"]?.text
                )
            )
        }
    }

    /// What the ledger of the case knows.
    public var ledger: LedgerKnowledge {
        let takings = root["ledger"]?["last24h"]
        return LedgerKnowledge(
            ownedGroups: Set((root["ledger"]?["owned"]?.texts ?? []).map { GroupID($0) }),
            takings: RecentTakings(
                removals: takings?["removals"]?.int ?? 0,
                assignments: takings?["assignments"]?.int ?? 0,
                groups: takings?["groups"]?.int ?? 0
            )
        )
    }

    /// The sources before any member list was read.
    public var sources: [SourceReading] {
        directories.map { entry in
            guard entry.unreadable?.string != "all" else {
                return .failed(name: entry.directory.name, kind: entry.directory.kind, problem: "it is down")
            }
            var directory = entry.directory
            directory.members = [:]
            if entry.unreadable?.string == "users" { directory.usersProblem = "the list ended early" }
            return .read(directory)
        }
    }

    /// The target before memberships and assignments were read.
    public var observed: ObservedState { target }

    /// Reads what a planning asked for.
    public func read(_ reads: FurtherReads, into input: inout PlanInput) {
        for (index, source) in input.sources.enumerated() {
            guard case .read(var directory) = source,
                let entry = directories.first(where: { $0.directory.name == directory.name })
            else { continue }
            for id in reads.memberLists[directory.name] ?? [] {
                let isUnreadable = entry.unreadable?.texts.contains(id.value) ?? false
                directory.members[id] =
                    isUnreadable ? .unreadable("it is refused") : entry.directory.members[id] ?? .vanished
            }
            if reads.deletedUsers.contains(directory.name) { directory.deletedUsers = entry.deleted }
            input.sources[index] = .read(directory)
        }
        for group in reads.memberships { input.observed.memberships[group] = memberships[group] ?? [] }
        for group in reads.assignments {
            input.observed.groupsWithAssignmentsRead.insert(group)
            input.observed.assignments += assignments.filter { $0.principal == .group(group) }
        }
        for group in reads.applicationAssignments {
            input.observed.hasApplicationAssignments[group] = applications[group] ?? false
        }
        for pair in reads.pairs {
            input.observed.pairsRead.insert(pair)
            input.observed.assignments += assignments.filter { $0.pair == pair }
        }
        input.observed.unreadableUsers.formUnion(reads.users)
        if reads.callerAccount {
            input.observed.isCallerAccountRead = true
            input.observed.identity.callerAccount = input.observed.organization.managementAccount
        }
        if reads.everyAssignment {
            input.observed.isEveryAssignmentRead = true
            input.observed.assignments += assignments
        }
    }

    // MARK: Reading the case

    private mutating func readSources() {
        for source in root["sources"]?.entries ?? [] {
            let kind = source.value["kind"].flatMap { SourceKind(rawValue: $0.text) } ?? .google
            var directory = Directory(name: source.key.text, kind: kind)
            var deleted: [SourceUser] = []
            for node in source.value["users"]?.list ?? [] {
                let user = CaseWorld.user(node)
                if user.state == .deleted { deleted.append(user) } else { directory.users.append(user) }
            }
            let nodes = source.value["groups"]?.list ?? []
            directory.groups = nodes.map(CaseWorld.group)
            let groupIDs = Set(nodes.map { $0["id"]?.text ?? "" })
            for node in nodes {
                let id = SourceGroupID(node["id"]?.text ?? "")
                let members = (node["members"]?.list ?? []).map { CaseWorld.member($0, groupIDs) }
                directory.members[id] =
                    node["hiddenMembership"]?.bool == true
                    ? .unreadable("its membership is hidden") : .read(members)
            }
            directories.append((directory, deleted, source.value["unreadable"]))
        }
    }

    private static func user(_ node: Node) -> SourceUser {
        SourceUser(
            id: SourceUserID(node["id"]?.text ?? ""),
            primaryAddress: node["primary"]?.text ?? "",
            aliases: node["aliases"]?.texts ?? [],
            mail: node["mail"]?.text,
            state: UserState(rawValue: node["state"]?.text ?? "active") ?? .active,
            isGuest: node["guest"]?.bool ?? false
        )
    }

    private static func group(_ node: Node) -> SourceGroup {
        SourceGroup(
            id: SourceGroupID(node["id"]?.text ?? ""),
            address: node["address"]?.text,
            displayName: node["displayName"]?.text ?? "",
            aliases: node["aliases"]?.texts ?? [],
            isCreatedByAdministrator: node["adminCreated"]?.bool ?? true
        )
    }

    private static func member(_ node: Node, _ groupIDs: Set<String>) -> SourceMember {
        if node["customer"]?.bool == true { return SourceMember(kind: .customer, id: "C0") }
        if let address = node["external"] {
            return SourceMember(kind: .user, id: node["id"]?.text, address: address.text)
        }
        if let address = node["group"] {
            return SourceMember(kind: .group, id: node["id"]?.text, address: address.text)
        }
        return SourceMember(kind: groupIDs.contains(node.text) ? .group : .user, id: node.text)
    }

    private static func target(_ root: Node) -> ObservedState {
        let node = root["target"]
        let management = node?["managementAccount"].map { AccountID($0.text) }
        let accounts = (node?["accounts"]?.list ?? []).map { account in
            Account(
                id: AccountID(account["id"]?.text ?? ""),
                name: account["name"]?.text ?? "",
                isActive: (account["state"]?.text ?? "ACTIVE") == "ACTIVE",
                organizationalUnit: path(account["ou"]?.text ?? "/"),
                tags: Dictionary(
                    (account["tags"]?.entries ?? []).map { ($0.key.text, $0.value.text) },
                    uniquingKeysWith: { $1 }
                )
            )
        }
        var units = Set((node?["ous"]?.texts ?? []).map(path))
        for account in accounts {
            for length in 0...account.organizationalUnit.count {
                units.insert(Array(account.organizationalUnit.prefix(length)))
            }
        }
        return ObservedState(
            identity: TargetIdentity(
                instanceARN: "arn:aws:sso:::instance/ssoins-1111111111111111",
                identityStoreID: "d-1111111111",
                region: "ap-northeast-1",
                managementAccount: management
            ),
            users: (node?["users"]?.list ?? []).map(targetUser),
            groups: (node?["groups"]?.list ?? []).map(targetGroup),
            organization: Organization(
                accounts: accounts,
                organizationalUnits: units,
                managementAccount: management
            ),
            permissionSets: (node?["permissionSets"]?.texts ?? []).map {
                PermissionSet(
                    arn: PermissionSetARN("arn:aws:sso:::permissionSet/ssoins-1111111111111111/\($0)"),
                    name: $0
                )
            }
        )
    }

    private static func path(_ text: String) -> [String] { text.split(separator: "/").map(String.init) }

    private static func targetUser(_ node: Node) -> TargetUser {
        let name = node["userName"]?.text ?? ""
        var emails = (node["emails"]?.list ?? []).map {
            TargetUser.Email(value: $0["value"]?.text ?? "", isPrimary: $0["primary"]?.bool ?? false)
        }
        if emails.isEmpty { emails = [TargetUser.Email(value: node["email"]?.text ?? name, isPrimary: true)] }
        return TargetUser(
            id: UserID(node["id"]?.text ?? ""),
            userName: name,
            emails: emails,
            externalIDs: (node["externalIds"]?.list ?? []).map { entry in
                TargetUser.ExternalID(issuer: entry["issuer"]?.text ?? "scim", id: entry["id"]?.text ?? entry.text)
            },
            isEnabled: node["status"]?.text != "DISABLED"
        )
    }

    private static func targetGroup(_ node: Node) -> TargetGroup {
        TargetGroup(
            id: GroupID(node["id"]?.text ?? ""),
            displayName: node["name"]?.text ?? "",
            description: node["description"]?.text,
            externalIDs: node["externalId"].map { [TargetUser.ExternalID(issuer: "scim", id: $0.text)] } ?? []
        )
    }

    private mutating func readTarget() {
        for node in root["target"]?["groups"]?.list ?? [] {
            let id = GroupID(node["id"]?.text ?? "")
            memberships[id] = (node["members"]?.texts ?? []).map {
                GroupMembership(id: MembershipID("\(id)/\($0)"), group: id, user: UserID($0))
            }
            applications[id] = node["applications"]?.bool ?? false
        }
        for node in root["target"]?["assignments"]?.list ?? [] {
            let principal: Principal =
                node["group"].map { .group(GroupID($0.text)) } ?? .user(UserID(node["user"]?.text ?? ""))
            let name = node["permissionSet"]?.text ?? ""
            assignments.append(
                AccountAssignment(
                    principal: principal,
                    account: AccountID(node["account"]?.text ?? ""),
                    permissionSet: PermissionSetARN("arn:aws:sso:::permissionSet/ssoins-1111111111111111/\(name)")
                )
            )
        }
    }
}
