internal import Synchronization

/// What the server counts, as Prometheus text (exposition format 0.0.4).
public final class ServeMetrics: Sendable {
    private struct Counts {
        var answers: [Int: Int] = [:]
        var people = 0
        var withdrawn = 0
        var batches = 0
        var lastBatchSeconds: Int64 = 0
    }
    private let counts = Mutex(Counts())

    /// Nothing counted yet.
    public init() {}

    func answered(_ status: Int) { counts.withLock { $0.answers[status, default: 0] += 1 } }

    /// Counts one batch of requests that was carried out.
    public func carriedOut(people: Int, withdrawn: Int, at seconds: Int64) {
        counts.withLock { counts in
            counts.people += people
            counts.withdrawn += withdrawn
            counts.batches += 1
            counts.lastBatchSeconds = seconds
        }
    }

    func text(openRequests: Int?) -> String {
        let counts = counts.withLock { $0 }
        var lines: [String] = []
        func add(_ name: String, _ type: String, _ help: String, _ values: [(labels: String, value: Int)]) {
            lines += ["# HELP idbridge_serve_\(name) \(help)", "# TYPE idbridge_serve_\(name) \(type)"]
            lines += values.map { "idbridge_serve_\(name)\($0.labels) \($0.value)" }
        }
        add(
            "answers_total",
            "counter",
            "Answers by status.",
            counts.answers.sorted { $0.key < $1.key }.map { ("{status=\"\($0.key)\"}", $0.value) }
        )
        if let openRequests { add("requests_open", "gauge", "Requests that wait in the ledger.", [("", openRequests)]) }
        add("ledger_up", "gauge", "Whether the ledger can be read.", [("", openRequests == nil ? 0 : 1)])
        add("people_total", "counter", "People taken out.", [("", counts.people)])
        add("withdrawn_total", "counter", "Accesses withdrawn.", [("", counts.withdrawn)])
        add("batches_total", "counter", "Batches of requests carried out.", [("", counts.batches)])
        add(
            "last_batch_seconds",
            "gauge",
            "When the last batch was carried out, in seconds since 1970.",
            [("", Int(counts.lastBatchSeconds))]
        )
        return lines.joined(separator: "\n") + "\n"
    }
}
