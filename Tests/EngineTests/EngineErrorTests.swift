import Engine
import Model
import Testing

@Suite("What a run comes to")
struct EngineErrorTests {
    private func error(_ kind: UpstreamError.Kind) -> UpstreamError {
        UpstreamError(kind, service: "google", operation: "users.list", message: "no")
    }

    @Test("sources that all refuse end 77; that fail otherwise, or for different reasons, 69")
    func sources() {
        let refused = error(.refused)
        let down = error(.unreachable)
        #expect(EngineError.noSource([("a", refused), ("b", refused)]).exitCode == 77)
        #expect(EngineError.noSource([("a", refused), ("b", down)]).exitCode == 69)
        #expect(EngineError.noSource([("a", down)]).exitCode == 69)
        #expect(EngineError.noSource([]).exitCode == 69)
    }

    @Test("a target that refuses ends 77, one that is down 69, a broken ledger 74, a signal 128 and its number")
    func others() {
        #expect(EngineError.target(error(.refused)).exitCode == 77)
        #expect(EngineError.target(error(.unreachable)).exitCode == 69)
        #expect(EngineError.ledger(LedgerError("broken")).exitCode == 74)
        let stop = StopFlag()
        #expect(stop.exitCode == nil)
        stop.raise(15)
        stop.raise(2)
        #expect(stop.exitCode == 143)
    }

    @Test("a message says which source failed, at what, and what was not done")
    func messages() {
        let text = EngineError.noSource([("google", error(.refused))]).message
        #expect(text.contains("google") && text.contains("users.list") && text.contains("nothing was planned"))
    }
}
