internal import Synchronization

/// SHA-256: FIPS 180-4.
public enum SHA256 {
    /// The digest of bytes: 32 bytes.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] { hash(bytes.span) }

    /// The digest of a text's UTF-8: 32 bytes. Many short texts cost little: no allocation but the result's.
    public static func hash(_ text: String) -> [UInt8] { hash(text.utf8.span) }

    /// The digest of bytes: 32 bytes.
    public static func hash(_ bytes: Span<UInt8>) -> [UInt8] {
        // A context costs more to make than a short text to digest, so one is kept; whoever finds it taken makes
        // another. Long inputs make their own, for they would keep it from the others.
        guard bytes.count <= 4096, let digest = kept.withLockIfAvailable({ $0.digest(bytes) }) else {
            return Hasher().digest(bytes)
        }
        return digest
    }

    private static let kept = Mutex(Hasher())

    /// A digest over bytes that come in parts; may be used again after each `finish`.
    public struct Hasher: ~Copyable {
        private let context = DigestContext(.sha256)

        /// A digest over nothing yet.
        public init() {}

        /// Adds bytes.
        public func update(_ bytes: Span<UInt8>) { context.update(bytes) }

        /// Adds bytes.
        public func update(_ bytes: [UInt8]) { context.update(bytes.span) }

        /// Adds the UTF-8 of a text.
        public func update(_ text: String) { context.update(text.utf8.span) }

        /// The digest of what was added since the last `finish`: 32 bytes.
        public func finish() -> [UInt8] { context.finish() }

        fileprivate func digest(_ bytes: Span<UInt8>) -> [UInt8] {
            context.update(bytes)
            return context.finish()
        }
    }
}
