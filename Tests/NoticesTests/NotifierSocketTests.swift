import HTTP
import HTTPServer
import Synchronization
import Testing

@testable import Notices

/// Notices over real sockets: libcurl on one side, libmicrohttpd on the other.
@Suite struct NotifierSocketTests {
    /// A receiver that answers by a script and keeps what it got.
    private final class Receiver: Sendable {
        private struct State {
            var script: [ServerResponse]
            var requests: [ServerRequest] = []
        }
        private let state: Mutex<State>

        init(_ script: [ServerResponse]) { state = Mutex(State(script: script)) }

        func answer(_ request: ServerRequest) -> ServerResponse {
            state.withLock { state in
                state.requests.append(request)
                return state.script.isEmpty ? .text("not in the script", status: 404) : state.script.removeFirst()
            }
        }

        var requests: [ServerRequest] { state.withLock { $0.requests } }
    }

    private func deliver(
        _ notices: [Notice],
        to script: [ServerResponse]
    ) async throws -> (failures: [NoticeFailure], requests: [ServerRequest]) {
        let receiver = Receiver(script)
        let server = try HTTPServer { receiver.answer($0) }
        defer { server.stop() }
        let transport = CurlTransport(configuration: TransportConfiguration(environment: [:]))
        let notifier = Notifier(
            settings: NoticeSettings(slack: "\(server.baseURL)/services/T0/B0/secretsecret"),
            transport: transport,
            time: JumpingTime(),
            random: ConstantRandom()
        )
        return (await notifier.deliver(notices), receiver.requests)
    }

    @Test("the whole body arrives as JSON, names of any script included") func arrives() async throws {
        let sample = notice("山田 <太郎> & co", entries: [.init(subject: "José\u{202E}", text: "gone")])
        let (failures, requests) = try await deliver([sample], to: [.text("ok")])
        #expect(failures.isEmpty)
        #expect(requests.map(\.method) == ["POST"])
        #expect(requests.first?.path == "/services/T0/B0/secretsecret")
        #expect(requests.first?.header("Content-Type") == "application/json; charset=utf-8")
        #expect(requests.first?.body == SlackMessage(sample).body)
    }

    @Test("a reset, a cut answer, 503 and 429 are tried again until it is delivered") func faults() async throws {
        var busy = ServerResponse.text("slow down", status: 429)
        busy.setHeader("Retry-After", "3")
        for fault in [
            ServerResponse(behaviour: .reset), ServerResponse(behaviour: .closeBefore),
            ServerResponse(body: [1, 2, 3, 4], behaviour: .truncate(after: 2)), .text("", status: 503), busy,
        ] {
            let (failures, requests) = try await deliver([notice()], to: [fault, fault, .text("ok")])
            #expect(failures.isEmpty, "\(fault)")
            #expect(requests.count == 3, "\(fault)")
        }
    }

    @Test("a receiver that is not there is a failure without its URL") func nobody() async throws {
        let server = try HTTPServer { _ in .text("ok") }
        let url = "\(server.baseURL)/services/T0/B0/secretsecret"
        server.stop()
        let notifier = Notifier(
            settings: NoticeSettings(slack: url, heartbeat: url),
            transport: CurlTransport(configuration: TransportConfiguration(environment: [:])),
            time: JumpingTime(),
            random: ConstantRandom()
        )
        let failures = await notifier.deliver([notice(id: "1"), notice(id: "2")])
        let pulse = await notifier.heartbeat()
        #expect(failures.map(\.notice?.id) == ["1", "2"])
        let text = "\(failures) \(pulse?.description ?? "none")"
        #expect(text.contains("cannot connect"))
        for secret in ["secretsecret", "127.0.0.1", "\(server.port)"] { #expect(!text.contains(secret), "\(text)") }
    }

    @Test("a redirect is not followed: the notice goes to nobody else") func redirect() async throws {
        let other = ServerResponse(status: 307, headers: [("Location", "/elsewhere")])
        let (failures, requests) = try await deliver([notice()], to: [other, .text("ok")])
        #expect(failures.map(\.message) == ["HTTP 307"])
        #expect(requests.count == 1)
    }
}
