import Model
import TestSupport
import Testing

@testable import Report

@Suite("The message of a tripped brake")
struct BrakeRefusalTests {
    @Test("it names level, value, limit, who is concerned, and the command")
    func golden() {
        Golden.expect(
            BrakeRefusal.text(Samples.rich(), command: ["idbridge", "sync", "--config", "my config.yaml"]),
            equals: "brake-removals.txt"
        )
        var plan = Samples.rich()
        plan.brakes[5] = BrakeReading(
            brake: "gains",
            limit: 5,
            value: 6,
            isTripped: true,
            concerned: ["ana@example.com", "eve\u{202E}@example.com"]
        )
        Golden.expect(BrakeRefusal.text(plan, command: ["idbridge", "apply", "plan.json"]), equals: "brake-gains.txt")
    }

    @Test("the removals' fingerprint lifts removals, the whole plan's is needed for gains")
    func fingerprints() {
        var plan = Samples.rich()
        #expect(BrakeRefusal.lifting(plan, command: ["idbridge", "sync"]).hasSuffix(plan.removalsFingerprint))
        plan.brakes[5].isTripped = true
        #expect(BrakeRefusal.lifting(plan, command: ["idbridge", "sync"]).hasSuffix(plan.fingerprint))
    }

    @Test(
        "words are quoted for the shell",
        arguments: [
            ("plain-1.yaml", "plain-1.yaml"), ("a b", "'a b'"), ("it's", "'it'\\''s'"), ("$(rm x)", "'$(rm x)'"),
            ("", "''"), ("a\nb", "'a\\u{A}b'"), ("sha256:ab", "sha256:ab"), ("~", "'~'"),
        ]
    )
    func quoting(word: String, wanted: String) {
        #expect(shellQuoted(word) == wanted)
    }
}
