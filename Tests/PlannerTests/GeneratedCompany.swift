import Mapping
import Model
import Planner

/// A small random number generator with a seed that a failing test prints.
struct Seeded: RandomNumberGenerator {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }
    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }
}

/// A generated company: directories, mapping and target, with the difficult cases mixed in.
struct GeneratedCompany {
    var input: PlanInput
    private var random: Seeded
    private let people: Int
    private let accounts = (1...5).map { AccountID(String(repeating: "\($0)", count: 12)) }
    private let sets = ["Admin", "ReadOnly", "Billing"].map {
        PermissionSet(arn: PermissionSetARN("arn:aws:sso:::permissionSet/ssoins-1/\($0)"), name: $0)
    }

    init(seed: UInt64, withFaults: Bool = false) {
        random = Seeded(seed)
        people = Int.random(in: 4...14, using: &random)
        var settings = PlanSettings(owner: "platform")
        settings.brakes = BrakeSettings()
        settings.brakes.removals = nil
        settings.brakes.perGroup = nil
        settings.brakes.assignments = nil
        settings.brakes.groupDeletions = nil
        input = PlanInput(
            mapping: AccessMapping(),
            sources: [],
            observed: ObservedState(
                identity: TargetIdentity(
                    instanceARN: "arn:aws:sso:::instance/ssoins-1",
                    identityStoreID: "d-1",
                    region: "r"
                )
            ),
            settings: settings,
            now: Timestamp(seconds: 1_800_000_000)
        )
        makeSource(withFaults: withFaults)
        makeTarget()
        makeMapping()
        makeDepartures()
    }

    private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

    private mutating func some<Element>(_ elements: [Element], percent: Int) -> [Element] {
        elements.filter { _ in chance(percent) }
    }

    private mutating func makeSource(withFaults: Bool) {
        var directory = Directory(name: "google", kind: .google, deletedUsers: [])
        for person in 0..<people {
            let state: UserState = chance(75) ? .active : chance(60) ? .suspended : .archived
            directory.users.append(
                SourceUser(
                    id: SourceUserID("g\(person)"),
                    primaryAddress: "p\(person)@example.com",
                    aliases: chance(20) ? ["alias\(person)@example.com"] : [],
                    state: state,
                    isGuest: chance(5)
                )
            )
        }
        let groups = (0..<6).map { SourceGroup(id: SourceGroupID("gg\($0)"), address: "group\($0)@example.com") }
        directory.groups = groups
        for (place, group) in groups.enumerated() {
            var members = some(Array(0..<people), percent: 40).map { SourceMember(kind: .user, id: "g\($0)") }
            if chance(30) { members.append(SourceMember(kind: .group, id: "gg\((place + 1) % 6)")) }
            if chance(10) { members.append(SourceMember(kind: .user, id: "x1", address: "out@partner.example.org")) }
            if chance(10) { members = [] }
            directory.members[group.id] = withFaults && chance(15) ? .unreadable("refused") : .read(members)
        }
        input.sources = [.read(directory)]
    }

    private mutating func makeTarget() {
        for person in some(Array(0..<people), percent: 85) {
            input.observed.users.append(
                TargetUser(
                    id: UserID("u\(person)"),
                    userName: chance(80) ? "p\(person)@example.com" : "name\(person)",
                    emails: [TargetUser.Email(value: "p\(person)@example.com", isPrimary: true)],
                    externalIDs: chance(30) ? [TargetUser.ExternalID(issuer: "scim", id: "g\(person)")] : []
                )
            )
        }
        input.observed.users.append(TargetUser(id: "u-stray", userName: "stray@example.com"))
        input.observed.organization = Organization(
            accounts: accounts.enumerated().map {
                Account(
                    id: $1,
                    name: "account\($0)",
                    isActive: $0 != 4,
                    organizationalUnit: $0 < 2 ? ["Live"] : ["Test"],
                    tags: ["n": "\($0)"]
                )
            },
            organizationalUnits: [["Live"], ["Test"]],
            managementAccount: accounts[0]
        )
        input.observed.permissionSets = sets
        for number in 0..<7 {
            let id = GroupID("t\(number)")
            let isOurs = chance(70)
            input.observed.groups.append(
                TargetGroup(
                    id: id,
                    displayName: "Team \(number)",
                    description: isOurs ? "[idbridge:platform]" : chance(50) ? nil : "[idbridge:other]"
                )
            )
            input.observed.memberships[id] = some(input.observed.users, percent: 35).map {
                GroupMembership(id: MembershipID("\(id)/\($0.id)"), group: id, user: $0.id)
            }
            for account in accounts {
                for set in sets where chance(20) {
                    input.observed.assignments.append(
                        AccountAssignment(principal: .group(id), account: account, permissionSet: set.arn)
                    )
                }
            }
            input.observed.hasApplicationAssignments[id] = false
        }
        input.observed.isEveryAssignmentRead = true
        input.observed.isCallerAccountRead = true
    }

    private mutating func makeMapping() {
        func place(_ line: Int) -> Place { Place(file: "m.yaml", line: line, column: 1) }
        for number in some(Array(0..<9), percent: 65) {
            var group = GroupMapping(name: "team \(number)", place: place(number))
            group.members = some(Array(0..<6), percent: 40).map {
                MemberEntry(kind: .group(source: "google", name: "group\($0)@example.com"), place: place(number))
            }
            group.members.append(MemberEntry(kind: .user("p\(number)@example.com"), place: place(number)))
            if chance(20) {
                group.require = [
                    MemberEntry(kind: .group(source: "google", name: "group0@example.com"), place: place(number))
                ]
            }
            if chance(20) {
                group.except = [
                    MemberEntry(kind: .group(source: "google", name: "group1@example.com"), place: place(number))
                ]
            }
            group.nested = chance(20) ? .direct : .flatten
            group.allowEmpty = chance(50)
            group.adopt = chance(30)
            group.access = (0..<Int.random(in: 0...2, using: &random)).map { _ in
                AccessEntry(
                    permissionSets: some(sets, percent: 60).map { Placed($0.name, at: place(number)) },
                    accounts: [
                        Selector(
                            kind: chance(50) ? .all : .organizationalUnit(chance(50) ? ["Live"] : ["Test"]),
                            place: place(number)
                        )
                    ],
                    until: chance(20) ? Timestamp(seconds: 1_700_000_000) : nil,
                    place: place(number)
                )
            }
            input.mapping.groups.append(group)
        }
    }

    private mutating func makeDepartures() {
        guard chance(40) else { return }
        let person = Int.random(in: 0..<people, using: &random)
        input.departures = [
            Departure(
                id: "d",
                since: Timestamp(seconds: 1_790_000_000),
                origin: .requested,
                identifiers: Departure.Identifiers(sourceIDs: ["g\(person)"], userID: UserID("u\(person)"))
            )
        ]
    }

    /// The same company with every list in another order.
    func shuffled(seed: UInt64) -> PlanInput {
        var random = Seeded(seed)
        var other = input
        other.observed.users.shuffle(using: &random)
        other.observed.groups.shuffle(using: &random)
        other.observed.assignments.shuffle(using: &random)
        other.observed.organization.accounts.shuffle(using: &random)
        other.observed.memberships = other.observed.memberships.mapValues { $0.shuffled(using: &random) }
        other.sources = other.sources.map { source in
            guard case .read(var directory) = source else { return source }
            directory.users.shuffle(using: &random)
            directory.groups.shuffle(using: &random)
            directory.members = directory.members.mapValues { reading in
                guard case .read(let members) = reading else { return reading }
                return .read(members.shuffled(using: &random))
            }
            return .read(directory)
        }
        return other
    }
}
