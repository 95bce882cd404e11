/// Where a source keeps its local copy of a directory between runs.
///
/// What is kept is one value that holds the copy together with the links that continue it, so that a store which is lost,
/// or restored from an old copy, can never pair a link with a copy that does not belong to it.
public protocol EntraCache: Sendable {
    /// The value stored under a key; nil where there is none, or where it cannot be read.
    func value(for key: String) async -> [UInt8]?
    /// Stores a value under a key, or removes it. A failure is not told: the next run then reads everything.
    func store(_ value: [UInt8]?, for key: String) async
}
