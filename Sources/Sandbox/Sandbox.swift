internal import Crypto
internal import FoundationEssentials
public import HTTPServer

/// The simulated clouds on loopback: one server for all of them, over real HTTP.
///
/// For tests in-process, and behind `idbridge sandbox` and `idbridge demo`.
public final class Sandbox: Sendable {
    /// The running world.
    public let world: SandboxWorld
    /// The server's address, without a slash at the end: the endpoint of Google and of every AWS service.
    public let baseURL: String
    /// A folder, readable by its owner alone, that holds the Google key file; removed by ``stop()``.
    public let folder: String
    /// The service-account key file, whose `token_uri` points at this sandbox.
    public let googleKeyFile: String
    /// The PEM file with certificate and key of the sandbox's application in Entra.
    public let entraCertificateFile: String
    private let server: HTTPServer

    /// What may be set besides the world.
    public struct Configuration: Sendable {
        /// The port; 0 lets the kernel choose.
        public var port: UInt16
        /// The seconds since 1970, for tokens, signatures, operations and the `Date` field.
        public var clock: @Sendable () -> Double

        /// A free port and the system's clock.
        public init(port: UInt16 = 0, clock: (@Sendable () -> Double)? = nil) {
            self.port = port
            self.clock = clock ?? { Date().timeIntervalSince1970 }
        }
    }

    /// Why a sandbox could not start.
    public enum StartError: Error, Hashable, Sendable, CustomStringConvertible {
        /// The port could not be bound.
        case server(HTTPServerError)
        /// The key pair could not be made, or the key file not be written.
        case keyFile(String)

        /// For the person at the terminal.
        public var description: String {
            switch self {
            case .server(let error): "sandbox: \(error)"
            case .keyFile(let reason): "sandbox: the Google key file could not be written: \(reason)"
            }
        }
    }

    /// Starts the clouds with a world in them.
    public static func start(world: World = World(), configuration: Configuration = .init()) async throws -> Sandbox {
        try Sandbox(world: world, configuration: configuration)
    }

    private init(world: World, configuration: Configuration) throws {
        let key = try ServiceAccountKey.shared.get()
        let running = SandboxWorld(world: world, key: key, services: Self.services, clock: configuration.clock)
        do throws(HTTPServerError) {
            server = try HTTPServer(configuration: .init(port: configuration.port)) { request in
                await running.answer(request)
            }
        } catch { throw StartError.server(error) }
        self.world = running
        baseURL = server.baseURL
        running.setBaseURL(baseURL)
        let files = try ServiceAccountKey.write(key, account: world.google.serviceAccount, baseURL: server.baseURL)
        folder = files.folder
        googleKeyFile = files.file
        entraCertificateFile = try ServiceAccountKey.writeCertificate(in: files.folder)
    }

    /// What App Service's identity endpoint wants as `X-IDENTITY-HEADER`.
    public static let identityHeader = "sandbox-identity-header"

    deinit {
        stop()
    }

    /// Every service, asked in this order whether a request is its own.
    private static let services: [any CloudService] = [
        GoogleTokenService(), GoogleDirectoryService(), EntraTokenService(), GraphService(),
        IdentityStoreService(), SSOAdminService(), OrganizationsService(), STSService(), IAMService(),
        SCIMService(), MetadataService(),
    ]

    /// The SCIM endpoint, with a slash at the end.
    public var scimEndpoint: String { baseURL + SCIMService.path }

    /// The variables under which a process finds these clouds, and none of the caller's own AWS configuration.
    public var environment: [String: String] {
        let access = world.snapshot().access
        var variables = [
            "AWS_ENDPOINT_URL": baseURL,
            "AWS_REGION": world.snapshot().identityCenter.region,
            "AWS_DEFAULT_REGION": world.snapshot().identityCenter.region,
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_EC2_METADATA_DISABLED": "true",
            "GOOGLE_APPLICATION_CREDENTIALS": googleKeyFile,
            "SCIM_TOKEN": access.scimToken,
        ]
        let entra = world.snapshot().entra
        if let application = entra.applications.first {
            variables["AZURE_TENANT_ID"] = entra.tenantID
            variables["AZURE_CLIENT_ID"] = application.clientID
            variables["AZURE_CLIENT_SECRET"] = application.secrets.sorted().first
        }
        if let key = access.keys.first {
            variables["AWS_ACCESS_KEY_ID"] = key.id
            variables["AWS_SECRET_ACCESS_KEY"] = key.secret
            variables["AWS_SESSION_TOKEN"] = key.token
        }
        return variables
    }

    /// The variables for credentials of the container endpoint instead of keys.
    public var containerEnvironment: [String: String] {
        var variables = environment
        variables["AWS_ACCESS_KEY_ID"] = nil
        variables["AWS_SECRET_ACCESS_KEY"] = nil
        variables["AWS_SESSION_TOKEN"] = nil
        variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = baseURL + MetadataService.containerPath
        variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = world.snapshot().access.containerToken
        return variables
    }

    /// Ends the server and removes the key file.
    public func stop() {
        server.stop()
        try? FileManager.default.removeItem(atPath: folder)
    }
}
