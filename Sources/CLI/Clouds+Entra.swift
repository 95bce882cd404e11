internal import Configuration
internal import EntraID
internal import HTTP
internal import Model
internal import Report
internal import Synchronization

extension CloudsBuilder {
    /// A source of kind entra; its secret is resolved and its files are looked at here.
    func entra(
        _ source: SourceConfiguration,
        _ settings: EntraSettings,
        _ transport: any HTTPTransport,
        cache: LedgerCache
    ) throws(CommandFailure) -> any Source {
        let tenant = EntraID(
            settings: EntraIDSettings(
                name: source.name,
                tenant: settings.tenant,
                client: settings.client,
                credential: try credential(settings.credential),
                authority: settings.authority,
                graph: settings.graph
            ),
            cache: cache,
            transport: transport,
            environment: environment
        )
        do { try tenant.prepare() } catch {
            throw CommandFailure(
                78,
                "idbridge: sources.\(source.name).credential: \(Printable.text(error.description))"
            )
        }
        return tenant
    }

    private func credential(
        _ credential: EntraSettings.Credential
    ) throws(CommandFailure) -> EntraIDSettings.Credential {
        switch credential {
        case .certificate(let path): return .certificate(path: path)
        case .federatedToken(let path): return .federatedToken(path: path)
        case .managedIdentity: return .managedIdentity
        case .secret(let reference):
            do { return .secret(try reference.resolve(environment: environment)) } catch { throw CommandFailure(error) }
        }
    }
}

/// The ledger's cache for the copies of sources, once a command has opened its ledger.
///
/// A ledger that cannot be read or written costs a full read and nothing else, so its failures are not told here.
final class LedgerCache: EntraCache {
    private let ledger = Mutex<(any Ledger)?>(nil)

    /// Uses a ledger from now on.
    func attach(_ ledger: any Ledger) { self.ledger.withLock { $0 = ledger } }

    private var attached: (any Ledger)? { ledger.withLock { $0 } }

    func value(for key: String) async -> [UInt8]? { try? await attached?.cached(key) }

    func store(_ value: [UInt8]?, for key: String) async { try? await attached?.cache(value, for: key) }
}
