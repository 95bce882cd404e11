import AWSAuth
import HTTP
import Model
import Sandbox
import Testing

@testable import IdentityCenter

/// The sandbox's clouds over real sockets, by a clock that waits for nobody.
struct Clouds {
    let sandbox: Sandbox
    let time: JumpingTime
    let transport: CurlTransport

    init(_ world: World, clockAhead: Double = 0) async throws {
        let time = JumpingTime()
        self.time = time
        sandbox = try await Sandbox.start(
            world: world,
            configuration: Sandbox.Configuration { time.now() + clockAhead }
        )
        transport = CurlTransport(configuration: TransportConfiguration(environment: [:]))
    }

    var world: SandboxWorld { sandbox.world }

    /// A target over these clouds.
    func target(
        role: String? = nil,
        withSCIM: Bool = false,
        credentials: (any CredentialsProvider)? = nil
    ) throws -> IdentityCenter {
        var settings = IdentityCenterSettings(region: world.snapshot().identityCenter.region, roleARN: role)
        if withSCIM {
            settings.scim = SCIMSettings(endpoint: sandbox.scimEndpoint, token: world.snapshot().access.scimToken)
        }
        let key = try #require(world.snapshot().access.keys.first)
        let own = StaticCredentials(AWSCredentials(accessKeyID: key.id, secretAccessKey: key.secret))
        return try IdentityCenter(
            settings: settings,
            environment: AWSEnvironment(variables: sandbox.environment),
            credentials: credentials ?? own,
            transport: transport,
            clock: AWSClock(time: time),
            time: time,
            random: ConstantRandom()
        )
    }

    /// The codes that were answered to calls of a service, each once.
    func codes(_ service: String? = nil) -> Set<String> {
        Set(world.log.filter { service == nil || $0.service == service }.compactMap(\.code))
    }
}
