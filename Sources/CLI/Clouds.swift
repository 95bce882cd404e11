internal import AWSAuth
internal import Configuration
internal import EntraID
internal import GoogleWorkspace
internal import HTTP
internal import IdentityCenter
internal import Model

/// The sources and the target that a configuration names, ready to be asked.
struct Clouds: Sendable {
    var sources: [any Source]
    var target: any Target
    /// The target, for what is done with permission sets alone.
    var identityCenter: IdentityCenter
    var transport: any HTTPTransport
    /// Where sources keep what they read, once the ledger is known.
    var cache: LedgerCache
    /// Whether everything that is asked is on this machine.
    var isLoopback: Bool
}

/// Makes sources and target from a configuration; nothing is asked yet.
struct CloudsBuilder {
    let configuration: Configuration
    let environment: [String: String]
    let maxParallel: Int
    /// Whether nothing is changed: then the token that disables users is not asked for.
    let isReading: Bool

    private static let userAgent = "idbridge (gzip)"

    func build() throws(CommandFailure) -> Clouds {
        let target = try targetConfiguration()
        let aws = try awsEnvironment(region: target.region)
        let transport = CurlTransport(
            configuration: TransportConfiguration(
                caBundlePath: aws.caBundlePath,
                userAgent: CloudsBuilder.userAgent,
                environment: environment
            )
        )
        let cache = LedgerCache()
        var sources: [any Source] = []
        for source in configuration.sources { sources.append(try self.source(source, transport, cache)) }
        let identityCenter = try identityCenter(target, aws, transport)
        return Clouds(
            sources: sources,
            target: identityCenter,
            identityCenter: identityCenter,
            transport: transport,
            cache: cache,
            isLoopback: try isLoopback(target, aws)
        )
    }

    // MARK: Sources

    private func source(
        _ source: SourceConfiguration,
        _ transport: any HTTPTransport,
        _ cache: LedgerCache
    ) throws(CommandFailure) -> any Source {
        switch try get(source.settings) {
        case .google(let settings):
            let workspace = GoogleWorkspace(
                settings: GoogleWorkspaceSettings(
                    name: source.name,
                    credentialsPath: settings.credentials,
                    subject: settings.impersonate,
                    customer: settings.customer,
                    endpoint: settings.endpoint
                ),
                transport: transport,
                environment: environment
            )
            do { _ = try workspace.prepare() } catch {
                throw CommandFailure(78, "idbridge: sources.\(source.name).credentials: \(error)")
            }
            return workspace
        case .entra(let settings): return try entra(source, settings, transport, cache: cache)
        }
    }

    private func get<Value>(_ result: Result<Value, ConfigurationError>) throws(CommandFailure) -> Value {
        do { return try result.get() } catch { throw CommandFailure(error) }
    }

    // MARK: Target

    private func targetConfiguration() throws(CommandFailure) -> TargetConfiguration {
        try get(configuration.target)
    }

    private func awsEnvironment(region: String?) throws(CommandFailure) -> AWSEnvironment {
        do { return try AWSEnvironment(variables: environment, region: region) } catch {
            throw CommandFailure(78, "idbridge: \(error)")
        }
    }

    private func identityCenter(
        _ target: TargetConfiguration,
        _ aws: AWSEnvironment,
        _ transport: any HTTPTransport
    ) throws(CommandFailure) -> IdentityCenter {
        guard let region = target.region ?? aws.region else {
            throw CommandFailure(
                78,
                "idbridge: target.region is not given, and neither AWS_REGION nor the profile names a region"
            )
        }
        var scim: SCIMSettings?
        if let wanted = target.scim, !isReading {
            do {
                scim = SCIMSettings(
                    endpoint: wanted.endpoint,
                    token: try wanted.token.resolve(environment: environment)
                )
            } catch {
                throw CommandFailure(error)
            }
        }
        do throws(AWSAuthError) {
            let clock = AWSClock()
            return try IdentityCenter(
                settings: IdentityCenterSettings(
                    region: region,
                    instanceARN: target.instance,
                    roleARN: target.role,
                    rateShare: target.rateShare,
                    scim: scim,
                    maxParallel: maxParallel
                ),
                environment: aws,
                credentials: AWSCredentialChain(environment: aws, transport: transport, clock: clock),
                transport: transport,
                clock: clock
            )
        } catch {
            throw CommandFailure(78, "idbridge: \(error)")
        }
    }

    /// Whether every endpoint is on this machine: only then may a run be told another time.
    private func isLoopback(_ target: TargetConfiguration, _ aws: AWSEnvironment) throws(CommandFailure) -> Bool {
        var urls: [String] = []
        for service in [AWSService.identityStore, .ssoAdmin, .organizations, .sts] {
            do { urls.append(try aws.endpoint(service, region: target.region ?? aws.region).url) } catch {
                return false
            }
        }
        if let scim = target.scim { urls.append(scim.endpoint) }
        for source in configuration.sources {
            switch try get(source.settings) {
            case .google(let settings): urls.append(settings.endpoint)
            case .entra(let settings): urls += [settings.authority, settings.graph]
            }
        }
        return urls.allSatisfy { HTTPURL($0).map { HTTP.isLoopback(host: $0.host) } ?? false }
    }
}
