import Mapping
import Model
import Planner

/// A company as large as the contract names: 100,000 users, 5,000 groups, 1,000,000 memberships.
struct LargeCompany {
    let users: Int
    let groups: Int
    let membersPerGroup: Int
    /// The desired and the observed membership pairs, for the baseline.
    private(set) var desired: [(group: Int, user: Int)] = []
    private(set) var observed: [(group: Int, user: Int)] = []

    private let sets = (0..<50).map { PermissionSetARN("arn:aws:sso:::permissionSet/ssoins-1/ps-\($0)") }
    private let accounts = (0..<200).map { AccountID(String(100_000_000_000 + $0)) }

    init(users: Int, groups: Int, membersPerGroup: Int) {
        self.users = users
        self.groups = groups
        self.membersPerGroup = membersPerGroup
        var random = LargeCompanyRandom(state: 0x2545_F491)
        desired.reserveCapacity(groups * membersPerGroup)
        observed.reserveCapacity(groups * membersPerGroup)
        for group in 0..<groups {
            var members = Set<Int>()
            while members.count < membersPerGroup { members.insert(Int(random.next() % UInt64(users))) }
            for user in members.sorted() {
                // One membership in a hundred has moved on either side.
                if random.next() % 100 != 0 { desired.append((group, user)) }
                if random.next() % 100 != 0 { observed.append((group, user)) }
            }
        }
    }

    static func sourceID(_ user: Int) -> String { "1\(String(100_000_000_000_000_000 + user))00" }
    static func userID(_ user: Int) -> String { "9567012345-\(String(10_000_000_000 + user))-4000-8000-000000000000" }

    func input() -> PlanInput {
        var settings = PlanSettings(owner: "platform")
        settings.brakes.perGroup = nil
        return PlanInput(
            mapping: mapping(),
            sources: [.read(directory())],
            observed: target(),
            settings: settings,
            now: Timestamp(seconds: 1_795_000_000)
        )
    }

    private func mapping() -> AccessMapping {
        let place = Place(file: "mapping.yaml", line: 1, column: 1)
        return AccessMapping(
            groups: (0..<groups).map { group in
                GroupMapping(
                    name: "team-\(group)",
                    members: [
                        MemberEntry(kind: .group(source: "google", name: "team-\(group)@example.com"), place: place)
                    ],
                    access: [
                        AccessEntry(
                            permissionSets: [Placed("set-\(group % 50)", at: place)],
                            accounts: [Selector(kind: .id(accounts[group % 200]), place: place)],
                            place: place
                        )
                    ],
                    place: place
                )
            }
        )
    }

    private func directory() -> Directory {
        var directory = Directory(name: "google", kind: .google)
        directory.users = (0..<users).map {
            SourceUser(id: SourceUserID(Self.sourceID($0)), primaryAddress: "person-\($0)@example.com")
        }
        var members: [[SourceMember]] = Array(repeating: [], count: groups)
        for pair in desired {
            members[pair.group].append(
                SourceMember(kind: .user, id: Self.sourceID(pair.user), address: "person-\(pair.user)@example.com")
            )
        }
        for group in 0..<groups {
            let id = SourceGroupID("group-\(group)")
            directory.groups.append(SourceGroup(id: id, address: "team-\(group)@example.com"))
            directory.members[id] = .read(members[group])
        }
        return directory
    }

    private func target() -> ObservedState {
        var state = ObservedState(
            identity: TargetIdentity(
                instanceARN: "arn:aws:sso:::instance/ssoins-1",
                identityStoreID: "d-1",
                region: "ap-northeast-1"
            )
        )
        state.users = (0..<users).map {
            TargetUser(
                id: UserID(Self.userID($0)),
                userName: "person-\($0)@example.com",
                externalIDs: [TargetUser.ExternalID(issuer: "scim", id: Self.sourceID($0))]
            )
        }
        state.organization = Organization(
            accounts: accounts.map { Account(id: $0, name: "account-\($0)") },
            organizationalUnits: [],
            managementAccount: nil
        )
        state.permissionSets = sets.enumerated().map { PermissionSet(arn: $1, name: "set-\($0)") }
        var members: [[GroupMembership]] = Array(repeating: [], count: groups)
        for pair in observed {
            let group = GroupID("t-\(pair.group)")
            members[pair.group].append(
                GroupMembership(
                    id: MembershipID("m-\(pair.group)-\(pair.user)"),
                    group: group,
                    user: UserID(Self.userID(pair.user))
                )
            )
        }
        for group in 0..<groups {
            let id = GroupID("t-\(group)")
            state.groups.append(TargetGroup(id: id, displayName: "team-\(group)", description: "[idbridge:platform]"))
            state.memberships[id] = members[group]
            state.groupsWithAssignmentsRead.insert(id)
            state.hasApplicationAssignments[id] = false
            state.assignments.append(
                AccountAssignment(
                    principal: .group(id),
                    account: accounts[group % 200],
                    permissionSet: sets[group % 50]
                )
            )
        }
        return state
    }
}

/// A small generator, so that every run measures the same company.
struct LargeCompanyRandom: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
