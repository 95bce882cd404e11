internal import Synchronization

/// Secrets sent with a call, so that an answer which repeats them is not shown with them.
public final class SecretTexts: Sendable {
    private let texts = Mutex<[String]>([])

    /// None noted yet.
    public init() {}

    /// All that were noted.
    public var all: [String] { texts.withLock { $0 } }

    /// Notes a secret.
    public func note(_ text: String) {
        texts.withLock { texts in
            if !texts.contains(text) { texts.append(text) }
        }
    }
}

/// A text of a service as far as it may be shown: at most 400 characters, with secrets that it repeats left out.
public func shown(_ text: String, hiding secrets: [String]) -> String {
    var text = text
    for secret in secrets where !secret.isEmpty { text = text.replacing(secret, with: "(secret)") }
    return text.count > 400 ? text.prefix(400) + "…" : text
}
