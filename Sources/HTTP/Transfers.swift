/// The transfers of an event loop: those in flight, and those that wait because their host has enough in flight.
struct Transfers {
    private struct Host {
        var inFlight = 0
        var waiting: [(id: UInt64, request: PreparedRequest, pipe: BodyPipe?)] = []
    }

    private let multi: MultiHandle
    private let configuration: TransportConfiguration
    private var hosts: [String: Host] = [:]
    private var running: [UInt64: Transfer] = [:]

    init(multi: MultiHandle, configuration: TransportConfiguration) {
        self.multi = multi
        self.configuration = configuration
    }

    /// Whether nothing is in flight; then nothing waits either.
    var isEmpty: Bool { running.isEmpty }

    mutating func enqueue(_ id: UInt64, _ request: PreparedRequest, _ pipe: BodyPipe?) {
        hosts[request.origin, default: Host()].waiting.append((id, request, pipe))
    }

    /// Lets a paused transfer go on.
    func resume(_ id: UInt64) { running[id]?.resume() }

    /// Starts what may start, moves all on, and gives the results of those that have ended.
    mutating func advance() -> [(UInt64, TransferResult)] {
        var ended = start()
        guard !running.isEmpty else { return ended }
        guard multi.perform() else { return ended + abandonAll(.failed("libcurl has failed")) }
        while let (transfer, code) = multi.nextEnded() {
            let result = transfer.result(code)
            forget(transfer)
            ended.append((transfer.id, result))
        }
        return ended
    }

    /// Aborts a transfer; nil where it has ended already.
    mutating func cancel(_ id: UInt64) -> (UInt64, TransferResult)? {
        if let transfer = running[id] {
            forget(transfer)
            return (id, .failure(.cancelled))
        }
        for (origin, host) in hosts {
            guard let place = host.waiting.firstIndex(where: { $0.id == id }) else { continue }
            hosts[origin]?.waiting.remove(at: place)
            return (id, .failure(.cancelled))
        }
        return nil
    }

    /// Aborts everything.
    mutating func abandonAll(_ error: TransportError) -> [(UInt64, TransferResult)] {
        let ids = running.keys + hosts.values.flatMap { $0.waiting.map(\.id) }
        for transfer in running.values { forget(transfer) }
        hosts = [:]
        return ids.map { ($0, .failure(error)) }
    }

    /// Starts waiting transfers in their order; gives those that could not be made.
    private mutating func start() -> [(UInt64, TransferResult)] {
        var failed: [(UInt64, TransferResult)] = []
        let limit = max(1, configuration.maximumRequestsPerHost)
        for (origin, host) in hosts where !host.waiting.isEmpty && host.inFlight < limit {
            let starting = host.waiting.prefix(limit - host.inFlight)
            hosts[origin]?.waiting.removeFirst(starting.count)
            for (id, request, pipe) in starting {
                if let transfer = Transfer(id: id, request, configuration, pipe), multi.add(transfer) {
                    running[id] = transfer
                    hosts[origin]?.inFlight += 1
                } else {
                    failed.append((id, .failure(.failed("libcurl could not set up the request"))))
                }
            }
        }
        return failed
    }

    private mutating func forget(_ transfer: Transfer) {
        multi.remove(transfer)
        running[transfer.id] = nil
        hosts[transfer.origin]?.inFlight -= 1
        if let host = hosts[transfer.origin], host.inFlight == 0, host.waiting.isEmpty { hosts[transfer.origin] = nil }
    }
}
