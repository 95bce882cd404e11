import EntraID
import FoundationEssentials
import HTTP
import HTTPServer
import Model
import Sandbox

/// A source over a simulated tenant.
struct Tenant {
    let sandbox: Sandbox
    let cache: MemoryCache?
    let time: TestTime
    let source: EntraID

    /// How requests reach the sandbox.
    enum Wire {
        /// Over a socket, by libcurl.
        case socket
        /// Within the process, for tests of thousands of calls.
        case direct
    }

    init(
        _ world: World,
        cache: MemoryCache? = nil,
        credential: EntraIDSettings.Credential = .secret("sandbox~Secret.of_the-application"),
        wire: Wire = .socket,
        skew: Double = 0,
        environment: [String: String] = [:],
        change: (inout EntraIDSettings) -> Void = { _ in }
    ) async throws {
        let time = TestTime()
        self.time = time
        self.cache = cache
        sandbox = try await Sandbox.start(
            world: world,
            configuration: .init(clock: { time.now() + skew })
        )
        var settings = EntraIDSettings(
            name: "entra",
            tenant: world.entra.tenantID,
            client: world.entra.applications.first?.clientID,
            credential: credential,
            authority: sandbox.baseURL,
            graph: sandbox.baseURL
        )
        change(&settings)
        source = EntraID(
            settings: settings,
            cache: cache,
            transport: wire == .socket
                ? CurlTransport(configuration: TransportConfiguration(environment: [:]))
                : DirectTransport(world: sandbox.world),
            time: time,
            random: FixedRandom(),
            environment: environment
        )
    }

    /// The whole directory with the members of all its groups.
    func directory() async throws -> Directory {
        var directory = try await source.listing()
        directory.members = await source.members(of: directory.groups.map(\.id))
        return directory
    }

    /// How many calls of Graph came since the last look, by operation.
    func calls() -> [String: Int] {
        let calls = sandbox.world.log.filter { $0.service == "graph" }
        sandbox.world.clearLog()
        return Dictionary(grouping: calls, by: \.operation).mapValues(\.count)
    }
}

/// Brings requests to a sandbox without a socket.
struct DirectTransport: HTTPTransport {
    let world: SandboxWorld

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        guard let url = HTTPURL(request.url) else { throw .refused("no URL") }
        let answer = await world.answer(
            ServerRequest(
                method: request.method,
                target: url.path + (url.query.map { "?" + $0 } ?? ""),
                headers: request.headers.map { (name: $0.name, value: $0.value) },
                body: request.body
            )
        )
        switch answer.behaviour {
        case .closeBefore, .reset, .truncate: throw .interrupted("as the fault wants it")
        case .normal, .delay: break
        }
        return HTTPResponse(
            status: answer.status,
            headers: answer.headers.map { HTTPField($0.name, $0.value) },
            body: answer.body
        )
    }
}

/// A file that goes away with its owner.
final class TemporaryFile: Sendable {
    let path: String

    init(_ text: String) throws {
        path = FileManager.default.temporaryDirectory.appending(path: "idbridge-\(UUID().uuidString)").path
        try write(text)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String) throws { try Data(text.utf8).write(to: URL(fileURLWithPath: path)) }
}

extension World {
    /// A tenant with the difficult cases.
    static var tenant: World {
        var world = World()
        world.addEntraUser(
            "ana@example.com",
            id: id(1),
            mail: "ana@example.com",
            proxyAddresses: ["SMTP:ana@example.com", "smtp:ana.old@example.com", "X500:/o=x", "SIP:ana@example.com"]
        )
        world.addEntraUser("bo@example.com", id: id(2), isEnabled: false)
        world.addEntraUser("cy@example.com", id: id(3), mail: "somebody@elsewhere.example")
        world.addEntraUser(
            "dee_partner.example#EXT#@example.onmicrosoft.com",
            id: id(4),
            mail: "dee@partner.example",
            userType: "Guest"
        )
        world.addEntraUser("eve@example.com", id: id(5))
        world.changeEntraUser(id(5)) { $0.deletedAt = "2026-11-20T00:00:00Z" }
        world.addEntraUser("$fay@example.com", id: id(6), userType: nil)
        world.addEntraGroup("Platform", id: id(11), members: [.user(id(1)), .group(id(12)), .init(id(90), .device)])
        world.addEntraGroup("Inner", id: id(12), kind: .dynamic, members: [.user(id(2)), .user(id(4)), .user(id(5))])
        world.addEntraGroup("Twins", id: id(13), kind: .microsoft365, members: [.user(id(6))])
        world.addEntraGroup("Twins", id: id(14), kind: .mailEnabled)
        world.addEntraGroup("Secret", id: id(15), isHidden: true, members: [.user(id(1))])
        world.addEntraGroup(
            "グループ",
            id: id(16),
            kind: .distribution,
            members: [.user(id(3)), .init(id(91), .orgContact)]
        )
        return world
    }

    /// An id by number.
    static func id(_ number: Int) -> String {
        let digits = String(number)
        return "00000000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
    }
}
