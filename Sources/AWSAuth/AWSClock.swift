public import HTTP
internal import Synchronization

/// The time as AWS sees it: the system's clock, set right by what the services' replies say.
///
/// One clock is shared by everything that signs, so that what one call learns helps the others.
public final class AWSClock: Sendable {
    private let time: any TimeSource
    private let offset = Mutex<Double>(0)

    /// A clock that trusts the system's until a service says otherwise.
    public init(time: any TimeSource = SystemTime()) { self.time = time }

    /// Seconds since 1970, corrected.
    public func now() -> Double { time.now() + offsetSeconds }

    /// How far the services' time is ahead of the system's, in seconds; 0 until a reply told of a difference.
    public var offsetSeconds: Double { offset.withLock { $0 } }

    /// Takes the time of a reply's Date field as the right one.
    ///
    /// - Parameter threshold: differences from the corrected time up to so many seconds count for nothing.
    /// - Returns: whether the clock was set; a request signed before may then be signed anew.
    @discardableResult
    public func learn(from response: HTTPResponse, threshold: Double) -> Bool {
        guard let date = response.header("Date").flatMap(httpDate) else { return false }
        let difference = date - time.now()
        return offset.withLock { offset in
            guard abs(difference - offset) > threshold else { return false }
            offset = difference
            return true
        }
    }
}
