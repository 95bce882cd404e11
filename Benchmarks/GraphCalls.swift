import EntraID
import HTTP
import Model
import Sandbox
import Synchronization

/// How many calls of Microsoft Graph the reads of a tenant take, beside the least that its pages allow.
///
/// The source is the product's own and asks the sandbox over real HTTP; every group of the tenant is asked for.
struct GraphCalls {
    let users: Int
    var groups: Int { max(1, users / 20) }
    var membersPerGroup: Int { min(200, users / 5) }

    /// The size of a page that Graph lets the caller choose for lists.
    private static let listPage = 999
    /// The size of a page of a delta; Graph chooses it, and here it is the sandbox's.
    private static let deltaPage = World.GraphBehaviour().deltaPageSize
    private static let membersPerEntry = World.GraphBehaviour().deltaMembersPerEntry
    private static let batch = 20
    /// How many people, and how many groups, change before the last read.
    private var changes: Int { 10 }

    /// What the lines below are made of.
    static let formula = """
        Graph calls of a whole read and of later ones (token calls aside); in brackets the least that the pages allow.
          lists:  ⌈U/999⌉ users + ⌈G/999⌉ groups + ⌈g/20⌉ batches for the members of g groups + Σ (⌈m/999⌉ − 1)
          first:  ⌈U/p⌉ users + ⌈E/p⌉ groups with members; p objects on a delta's page, which Graph chooses (here \(deltaPage)),
                  E entries of groups, one for every \(membersPerEntry) members here
          second: 2, the users' link and the groups' link; k changed objects are read again in ⌈k/20⌉ batches a kind
        """

    /// Reads a tenant of this size in each way and prints the calls.
    func measure() async throws {
        let sandbox = try await Sandbox.start(world: world())
        defer { sandbox.stop() }
        print("  \(users) users, \(groups) groups, \(groups * membersPerGroup) memberships")
        func pages(_ count: Int, _ size: Int) -> Int { max(1, (count + size - 1) / size) }
        let entries = groups * pages(membersPerGroup, Self.membersPerEntry)
        try await count("lists ", sandbox, nil, pages(users, 999) + pages(groups, 999) + pages(groups, Self.batch))
        let cache = BenchCache()
        try await count("first ", sandbox, cache, pages(users, Self.deltaPage) + pages(entries, Self.deltaPage))
        try await count("second", sandbox, cache, 2)
        sandbox.world.update { world in
            for index in 0..<min(changes, groups) {
                world.entra.users[index].isEnabled.toggle()
                world.entra.groups[index].members.removeLast()
            }
        }
        let name = "after \(min(changes, groups)) people and as many groups have changed"
        // The changed people, the changed groups, and the lists of the latter, a batch each, or a call for a single one.
        try await count(name, sandbox, cache, 2 + 3)
    }

    private func count(_ name: String, _ sandbox: Sandbox, _ cache: BenchCache?, _ least: Int) async throws {
        sandbox.world.clearLog()
        let source = EntraID(
            settings: EntraIDSettings(
                name: "entra",
                tenant: World.Entra().tenantID,
                client: World.EntraApplication().clientID,
                credential: .secret(World.EntraApplication().secrets.sorted()[0]),
                authority: sandbox.baseURL,
                graph: sandbox.baseURL
            ),
            cache: cache,
            transport: CurlTransport(configuration: TransportConfiguration(environment: [:]))
        )
        let directory = try await source.listing()
        let members = await source.members(of: directory.groups.map(\.id))
        let isWhole = members.values.allSatisfy { if case .read = $0 { true } else { false } }
        guard directory.usersProblem == nil, directory.groupsProblem == nil, directory.users.count == users,
            members.count == groups, isWhole
        else { throw Incomplete(reading: name) }
        let calls = sandbox.world.log.filter { $0.service == "graph" }
        let parts = Dictionary(grouping: calls, by: \.operation).sorted { $0.key < $1.key }
            .map { "\($0.key) \($0.value.count)" }
        print("    \(name): \(calls.count) calls [\(least)]: \(parts.joined(separator: ", "))")
    }

    /// A read that did not bring the whole tenant.
    private struct Incomplete: Error { var reading: String }

    private func world() -> World {
        var world = World()
        world.entra.users = (0..<users).map { number in
            World.EntraUser(
                id: Self.id(number),
                userPrincipalName: "person-\(number)@example.com",
                mail: "person-\(number)@example.com",
                proxyAddresses: ["SMTP:person-\(number)@example.com"]
            )
        }
        var random = LargeCompanyRandom(state: 0x2545_F491)
        world.entra.groups = (0..<groups).map { number in
            var members = Set<Int>()
            while members.count < membersPerGroup { members.insert(Int(random.next() % UInt64(users))) }
            return World.EntraGroup(
                id: Self.id(1_000_000 + number),
                displayName: "team-\(number)",
                members: members.sorted().map { .user(Self.id($0)) }
            )
        }
        return world
    }

    private static func id(_ number: Int) -> String {
        let digits = String(number)
        return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
    }
}

/// A ledger's cache in memory.
private final class BenchCache: EntraCache {
    private let values = Mutex<[String: [UInt8]]>([:])
    func value(for key: String) async -> [UInt8]? { values.withLock { $0[key] } }
    func store(_ value: [UInt8]?, for key: String) async { values.withLock { $0[key] = value } }
}
