import EntraID
import Synchronization

/// A ledger's cache in memory.
final class MemoryCache: EntraCache {
    private let values = Mutex<[String: [UInt8]]>([:])

    /// Everything that is stored; may be lost, damaged, or replaced by an old copy.
    var contents: [String: [UInt8]] {
        get { values.withLock { $0 } }
        set { values.withLock { $0 = newValue } }
    }

    func value(for key: String) async -> [UInt8]? { values.withLock { $0[key] } }
    func store(_ value: [UInt8]?, for key: String) async { values.withLock { $0[key] = value } }
}
