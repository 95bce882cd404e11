internal import Synchronization

/// What a transfer brought.
typealias TransferResult = Result<HTTPResponse, TransportError>

/// The loop that moves all transfers, on a thread of its own: libcurl blocks, and the concurrency runtime has no more
/// threads than the machine has cores. Other threads talk to it through the inbox alone.
final class EventLoop: Sendable {
    private struct Submission: Sendable {
        let id: UInt64
        let request: PreparedRequest
        let receiver: Receiver
    }

    /// Who gets what a transfer brings.
    private enum Receiver: Sendable {
        case whole(CheckedContinuation<TransferResult, Never>)
        case pipe(BodyPipe)

        var pipe: BodyPipe? { if case .pipe(let pipe) = self { pipe } else { nil } }

        func end(_ result: TransferResult) {
            switch self {
            case .whole(let continuation): continuation.resume(returning: result)
            case .pipe(let pipe): pipe.end(result)
            }
        }
    }

    private struct Inbox {
        var lastID: UInt64 = 0
        var submitted: [Submission] = []
        var cancelled: [UInt64] = []
        /// Paused transfers that may go on.
        var resumed: [UInt64] = []
        /// Requests that were submitted and have no result yet; only these can be cancelled.
        var open: Set<UInt64> = []
        var isClosed = false
    }

    private let configuration: TransportConfiguration
    private let multi: MultiHandle
    private let inbox = Mutex(Inbox())

    init?(_ configuration: TransportConfiguration) {
        guard let multi = MultiHandle() else { return nil }
        self.multi = multi
        self.configuration = configuration
    }

    /// Sends a request. When the task is cancelled the transfer is aborted.
    func send(_ request: PreparedRequest) async -> TransferResult {
        let id = newID()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                submit(Submission(id: id, request: request, receiver: .whole(continuation)))
            }
        } onCancel: {
            cancel(id)
        }
    }

    /// Sends a request and hands its body to a reader, in the calling task. When the task is cancelled the transfer is
    /// aborted.
    func send(
        _ request: PreparedRequest,
        into reader: any BodyReader,
        through pipe: BodyPipe = BodyPipe()
    ) async -> TransferResult {
        let id = newID()
        return await withTaskCancellationHandler {
            submit(Submission(id: id, request: request, receiver: .pipe(pipe)))
            while true {
                switch await pipe.next({ resume(id) }) {
                case .bytes(let bytes): reader.take(bytes)
                case .end(let result): return result
                }
            }
        } onCancel: {
            cancel(id)
        }
    }

    private func newID() -> UInt64 {
        inbox.withLock { inbox in
            inbox.lastID += 1
            return inbox.lastID
        }
    }

    /// No further requests; those under way end as failed, and `run` returns.
    func close() {
        inbox.withLock { $0.isClosed = true }
        multi.wake()
    }

    private func submit(_ submission: Submission) {
        let refusal: TransportError? = inbox.withLock { inbox in
            if inbox.isClosed { return .closed }
            // Under the lock, cancellation either shows here or comes later and finds the request open.
            if Task.isCancelled { return .cancelled }
            inbox.open.insert(submission.id)
            inbox.submitted.append(submission)
            return nil
        }
        if let refusal { submission.receiver.end(.failure(refusal)) } else { multi.wake() }
    }

    private func cancel(_ id: UInt64) {
        let isOpen = inbox.withLock { inbox in
            guard inbox.open.contains(id) else { return false }
            inbox.cancelled.append(id)
            return true
        }
        if isOpen { multi.wake() }
    }

    private func resume(_ id: UInt64) {
        inbox.withLock { $0.resumed.append(id) }
        multi.wake()
    }

    /// Runs until `close`; called once, on the loop's own thread.
    func run() {
        defer { LiveLoops.remove(self) }
        var transfers = Transfers(multi: multi, configuration: configuration)
        var receivers: [UInt64: Receiver] = [:]
        while true {
            let (submitted, cancelled, resumed, isClosed) = inbox.withLock { inbox in
                defer { (inbox.submitted, inbox.cancelled, inbox.resumed) = ([], [], []) }
                return (inbox.submitted, inbox.cancelled, inbox.resumed, inbox.isClosed)
            }
            for submission in submitted {
                receivers[submission.id] = submission.receiver
                transfers.enqueue(submission.id, submission.request, submission.receiver.pipe)
            }
            if !isClosed { for id in resumed { transfers.resume(id) } }
            var ended = isClosed ? transfers.abandonAll(.closed) : cancelled.compactMap { transfers.cancel($0) }
            if !isClosed { ended += transfers.advance() }
            inbox.withLock { inbox in for (id, _) in ended { inbox.open.remove(id) } }
            for (id, result) in ended { receivers.removeValue(forKey: id)?.end(result) }
            if isClosed { return }
            // A transfer that ended may have let go another inside libcurl, which then has no event to wait for.
            multi.wait(milliseconds: !ended.isEmpty ? 0 : transfers.isEmpty ? 60_000 : 100)
        }
    }
}

extension TransportError {
    fileprivate static let closed = TransportError.failed("the transport was closed")
}
