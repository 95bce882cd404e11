import HTTP
import HTTPServer
import Model
import Sandbox
import Synchronization
import Testing

@testable import EntraID

@Suite struct MachineIdentityTests {
    private func source(
        _ sandbox: Sandbox,
        client: String? = nil,
        environment: [String: String]? = nil,
        time: TestTime = TestTime()
    ) -> EntraID {
        EntraID(
            settings: EntraIDSettings(
                name: "entra",
                tenant: nil,
                client: client,
                credential: .managedIdentity,
                authority: sandbox.baseURL,
                graph: sandbox.baseURL
            ),
            transport: CurlTransport(configuration: TransportConfiguration(environment: [:])),
            time: time,
            random: FixedRandom(),
            environment: environment ?? ["AZURE_POD_IDENTITY_AUTHORITY_HOST": sandbox.baseURL]
        )
    }

    @Test("the metadata service is asked as it wants to be: its version, the resource, its header, and no scope")
    func request() async throws {
        let sandbox = try await Sandbox.start(world: .tenant)
        let seen = Mutex<[ServerRequest]>([])
        sandbox.world.onCall { call in
            if call.service == "entra" { seen.withLock { $0.append(call.request) } }
        }
        let id = World.EntraApplication().clientID
        #expect(try await source(sandbox, client: id).listing().users.count == 5)
        let request = try #require(seen.withLock { $0 }.first)
        #expect(request.method == "GET" && request.rawPath == "/metadata/identity/oauth2/token")
        #expect(request.header("Metadata") == "true" && request.header("Authorization") == nil)
        #expect(
            Dictionary(uniqueKeysWithValues: request.query.map { ($0.name, $0.value) }) == [
                "api-version": "2018-02-01", "resource": sandbox.baseURL, "client_id": id,
            ]
        )
    }

    @Test("what passes at the metadata service is waited for: 410 for its seventy seconds")
    func passing() async throws {
        for status in [404, 408, 410, 429, 500, 503] {
            let sandbox = try await Sandbox.start(world: .tenant)
            sandbox.world.inject(
                Fault(.service("entra"), .first(7), .refused(code: "invalid_request", status: status))
            )
            let time = TestTime()
            #expect(try await source(sandbox, time: time).listing().users.count == 5, "\(status)")
            if status == 410 { #expect(time.slept.reduce(0, +) >= 70) }
        }
    }

    @Test("an identity that the machine does not have is refused, with advice")
    func unknownIdentity() async throws {
        let sandbox = try await Sandbox.start(world: .tenant)
        let source = source(sandbox, client: World.id(99))
        let error = await #expect(throws: UpstreamError.self) { try await source.listing() }
        #expect(error?.kind == .refused && error?.advice?.contains("client") == true)
        #expect(error?.message == "Identity not found")
    }

    @Test("an endpoint of the environment that would take the secret in plain text is a mistake of the configuration")
    func plainEndpoints() async throws {
        let sandbox = try await Sandbox.start()
        let good = [
            "http://127.0.0.1:41000/msi/token", "http://localhost:42356/msi/token", "http://169.254.169.254",
            "https://identity.example/msi/token",
        ]
        for name in ["IDENTITY_ENDPOINT", "AZURE_POD_IDENTITY_AUTHORITY_HOST"] {
            for url in good {
                try source(sandbox, environment: [name: url, "IDENTITY_HEADER": "hush"]).prepare()
            }
            for url in ["http://identity.example/msi/token", "http://10.0.0.1/", "not a url"] {
                let source = source(sandbox, environment: [name: url, "IDENTITY_HEADER": "hush"])
                let error = #expect(throws: EntraCredentialError.self, "\(url)") { try source.prepare() }
                #expect(error?.kind == .malformed && error?.message.contains(name) == true)
                #expect(error?.description.contains("hush") == false)
            }
        }
    }
}
