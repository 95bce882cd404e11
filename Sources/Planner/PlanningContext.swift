internal import Mapping
internal import Model

/// Indexes of one planning, made once from the input, and the caches that go with them.
///
/// Lives within one call of the planner and never leaves it.
final class PlanningContext {
    let input: PlanInput
    let sources: [SourceIndex]
    /// The sources that could not be read at all, with the reason.
    let failedSources: [String: String]
    /// The kinds of all configured sources.
    let sourcePlaces: [String: Int]
    let targets: TargetUserIndex
    let people: People
    let selection: AccountSelection
    let access: AccessResolution
    let groups: [TargetGroup]
    let ownership: [GroupID: Ownership]
    let groupByName: [String: Int]
    let groupByID: [GroupID: Int]
    let assignmentsByGroup: [GroupID: [AccessPair]]
    let setNames: [PermissionSetARN: String]
    let protectedTargets: Set<Int>
    let unknownProtected: [String]
    let endedDepartures: Set<String>
    var reads = FurtherReads()

    private var flattened: [FlattenedKey: FlattenedGroup] = [:]
    private var present: [GroupID: PresentMembers] = [:]

    private struct FlattenedKey: Hashable {
        var source: Int
        var group: Int
        var isFlattened: Bool
    }

    init(_ input: PlanInput) {
        self.input = input
        var read: [SourceIndex] = []
        var failed: [String: String] = [:]
        for source in input.sources {
            switch source {
            case .read(let directory):
                read.append(
                    SourceIndex(directory, allowsGuests: input.settings.guestSources.contains(directory.name))
                )
            case .failed(let name, _, let problem): failed[name] = problem
            }
        }
        sources = read
        failedSources = failed
        sourcePlaces = Dictionary(read.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        targets = TargetUserIndex(input.observed.users)
        (people, endedDepartures) = PlanningContext.people(input, read, targets)
        selection = AccountSelection(input.observed.organization, sets: input.mapping.accountSets)
        access = AccessResolution(
            selection: selection,
            permissionSets: input.observed.permissionSets,
            now: input.now
        )
        groups = input.observed.groups.sorted { $0.id < $1.id }
        let owner = input.settings.owner
        ownership = Dictionary(
            groups.map { ($0.id, Ownership($0, owner: owner)) },
            uniquingKeysWith: { first, _ in first }
        )
        groupByName = Dictionary(
            groups.enumerated().map { ($1.displayName.folded, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        groupByID = Dictionary(groups.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        var assignments: [GroupID: [AccessPair]] = [:]
        for assignment in Set(input.observed.assignments) {
            if case .group(let group) = assignment.principal { assignments[group, default: []].append(assignment.pair) }
        }
        assignmentsByGroup = assignments.mapValues { $0.sorted() }
        setNames = Dictionary(
            input.observed.permissionSets.map { ($0.arn, $0.name) },
            uniquingKeysWith: { first, _ in first }
        )
        (protectedTargets, unknownProtected) = PlanningContext.protected(input, targets)
    }

    private static func people(
        _ input: PlanInput,
        _ sources: [SourceIndex],
        _ targets: TargetUserIndex
    ) -> (People, Set<String>) {
        var people = People(sources: sources, targets: targets, match: input.settings.match)
        let departures = input.departures + input.observed.groups.compactMap(PlanningContext.markedDeparture)
        let ended = people.endedDepartures(departures)
        people.note(DepartureMatching(departures.filter { !ended.contains($0.id) }))
        return (people, ended)
    }

    private static func markedDeparture(_ group: TargetGroup) -> Departure? {
        guard let marker = DepartureMarker(group) else { return nil }
        var departure = marker.departure(of: group)
        // A found departure ends by itself, whichever source it was found at: the mark does not keep the name.
        if marker.isFound { departure.origin = .found(source: "") }
        return departure
    }

    private static func protected(_ input: PlanInput, _ targets: TargetUserIndex) -> (Set<Int>, [String]) {
        var places: Set<Int> = []
        var unknown: [String] = []
        for entry in input.settings.brakes.protected {
            let fits = targets.byUserName[entry.folded] ?? targets.byID[UserID(entry)].map { [$0] } ?? []
            if fits.isEmpty { unknown.append(entry) }
            places.formUnion(fits)
        }
        return (places, unknown)
    }

    /// The users of a source group in one nesting, worked out once.
    func flattened(source: Int, group: Int, isFlattened: Bool) -> FlattenedGroup {
        let key = FlattenedKey(source: source, group: group, isFlattened: isFlattened)
        if let known = flattened[key] { return known }
        let index = sources[source]
        let result = GroupWalk(source: index).flatten(index.directory.groups[group], nesting: isFlattened)
        if !result.missing.isEmpty { reads.memberLists[index.name, default: []].formUnion(result.missing) }
        flattened[key] = result
        return result
    }

    /// Why a source proves nothing: it could not be read at all, or its users did not come whole.
    func problem(ofSource name: String) -> String? {
        if let problem = failedSources[name] { return problem }
        guard let place = sourcePlaces[name] else { return "the source is not configured" }
        return sources[place].directory.usersProblem
    }

    func memberships(of group: GroupID) -> [GroupMembership] { input.observed.memberships[group] ?? [] }

    /// The members of a target group whom the list of users has, by place, worked out once.
    func members(of group: GroupID) -> PresentMembers {
        if let known = present[group] { return known }
        let result = PresentMembers(memberships(of: group), targets)
        present[group] = result
        return result
    }

    func setName(_ arn: PermissionSetARN) -> String {
        setNames[arn] ?? String(arn.value.split(separator: "/").last ?? Substring(arn.value))
    }

    func isActive(_ account: AccountID) -> Bool {
        selection.byID[account].map { selection.accounts[$0].isActive } ?? false
    }

    func accountName(_ account: AccountID) -> String? { selection.byID[account].map { selection.accounts[$0].name } }
}

/// The members that a target group has now.
struct PresentMembers {
    /// Each membership with the place of its user.
    let entries: [(membership: GroupMembership, target: Int)]
    /// The places of the users.
    let targets: Set<Int>
    /// The users that the list of users lacks.
    let unknown: [UserID]

    init(_ memberships: [GroupMembership], _ index: TargetUserIndex) {
        var entries: [(membership: GroupMembership, target: Int)] = []
        var unknown: [UserID] = []
        entries.reserveCapacity(memberships.count)
        for membership in memberships {
            if let target = index.byID[membership.user] {
                entries.append((membership, target))
            } else {
                unknown.append(membership.user)
            }
        }
        self.entries = entries
        self.unknown = unknown
        targets = Set(entries.lazy.map(\.target))
    }
}
