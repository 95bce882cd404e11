/// When an operation is asked for, by how often it was asked for and by how long others took.
///
/// Operations take 2 to 15 s at AWS, and next to nothing in a sandbox: the first questions come soon, and later than
/// that only once operations were seen to take longer.
struct PollSchedule: Hashable, Sendable {
    /// How long operations took of late, in seconds; nil until one has ended.
    private(set) var usualSeconds: Double?

    private static let pauses = [0.2, 0.3, 0.5, 1, 2, 3, 5, 8]

    /// How long to wait, in seconds, after an operation was asked for so many times.
    func pause(afterPolls polls: Int) -> Double {
        let pause = PollSchedule.pauses[min(max(0, polls), PollSchedule.pauses.count - 1)]
        guard let usualSeconds else { return pause }
        // The first question when most are nearly done, the others a quarter of the usual time apart.
        return min(8, max(pause, usualSeconds * (polls == 0 ? 0.7 : 0.25)))
    }

    /// Notes how long an operation took until it was seen to have ended.
    mutating func note(seconds: Double) {
        usualSeconds = usualSeconds.map { $0 * 0.8 + seconds * 0.2 } ?? seconds
    }
}
