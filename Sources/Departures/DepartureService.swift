public import HTTPServer
public import Model

/// The HR webhook: takes signed requests into the ledger, and says how it is (`DESIGN.md`, Departures 12).
///
/// Nothing of a request is believed before its signature is; it is answered once it is in the ledger.
public final class DepartureService: Sendable {
    /// The largest body, in bytes.
    public static let maximumBodyBytes = 64 << 10

    private let keys: [[UInt8]]
    private let ledger: any DepartureQueue
    private let clock: @Sendable () -> Timestamp
    private let metrics: ServeMetrics
    private let noticed: @Sendable () -> Void
    private let rate: RequestRate

    /// A service.
    ///
    /// - Parameters:
    ///   - keys: the keys that requests may be signed with; an empty one is never used.
    ///   - perSecond: how many signed requests are taken in a second, over a longer time.
    ///   - burst: how many signed requests are taken at once.
    ///   - noticed: called when a new request is in the ledger.
    public init(
        keys: [[UInt8]],
        ledger: any DepartureQueue,
        clock: @escaping @Sendable () -> Timestamp,
        metrics: ServeMetrics,
        perSecond: Double = 50,
        burst: Double = 5000,
        noticed: @escaping @Sendable () -> Void
    ) {
        self.keys = keys.filter { !$0.isEmpty }
        self.ledger = ledger
        self.clock = clock
        self.metrics = metrics
        rate = RequestRate(perSecond: perSecond, burst: burst)
        self.noticed = noticed
    }

    /// Answers one request.
    public func answer(_ request: ServerRequest) async -> ServerResponse {
        let response = await respond(to: request)
        metrics.answered(response.status)
        return response
    }

    private func respond(to request: ServerRequest) async -> ServerResponse {
        switch (request.method, request.rawPath) {
        case ("POST", "/v1/departures"): return await take(request)
        case ("GET", "/healthz"), ("HEAD", "/healthz"): return await health()
        case ("GET", "/metrics"), ("HEAD", "/metrics"):
            let open = (try? await ledger.openRequests())?.count
            return .text(metrics.text(openRequests: open), type: "text/plain; version=0.0.4; charset=utf-8")
        case (_, "/v1/departures"): return refusal(405, "POST it", headers: [("Allow", "POST")])
        case (_, "/healthz"), (_, "/metrics"): return refusal(405, "GET it", headers: [("Allow", "GET, HEAD")])
        default: return refusal(404, "there is nothing here")
        }
    }

    private func take(_ request: ServerRequest) async -> ServerResponse {
        guard request.body.count <= DepartureService.maximumBodyBytes else {
            return refusal(413, "the body is larger than 64 KiB")
        }
        let now = clock()
        let timestamp = request.header("Idbridge-Timestamp")
        let isSigned = RequestSignature.isValid(
            timestamp: timestamp,
            signature: request.header("Idbridge-Signature"),
            body: request.body,
            keys: keys,
            now: now
        )
        // One answer for all of it: who signs wrongly learns nothing about what was wrong.
        guard isSigned, let timestamp else { return refusal(401, "the signature or the timestamp is not valid") }
        guard rate.take(at: Double(now.seconds)) else {
            return refusal(429, "too many requests", headers: [("Retry-After", "10")])
        }
        let body: RequestBody
        do throws(RequestFault) { body = try RequestBody(parsing: request.body) } catch {
            return refusal(400, error.message)
        }
        let id = RequestSignature.id(timestamp: timestamp, body: request.body)
        do throws(LedgerError) {
            let isNew = try await ledger.enqueue(
                DepartureRequest(id: id, users: body.users, reason: body.reason, origin: "serve", flags: [], at: now)
            )
            if isNew { noticed() }
            return .json("{\"id\": \"\(id)\"}\n", status: 202)
        } catch {
            return refusal(503, "the request could not be noted; send it again", headers: [("Retry-After", "10")])
        }
    }

    private func health() async -> ServerResponse {
        do throws(LedgerError) {
            _ = try await ledger.openRequests()
            return .text("ok\n")
        } catch { return refusal(503, "the ledger cannot be read") }
    }

    private func refusal(_ status: Int, _ text: String, headers: [(name: String, value: String)] = []) -> ServerResponse
    {
        var response = ServerResponse.json("{\"error\": \"\(text)\"}\n", status: status)
        response.headers += headers
        return response
    }
}
