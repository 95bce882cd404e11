import Model
import TestSupport
import Testing

@testable import Report

@Suite("A plan as text, Markdown and HTML")
struct PlanReportTests {
    @Test("a rich plan looks as it was reviewed")
    func rich() {
        let report = PlanReport(Samples.rich(), listedPermissionSets: ["ViewOnlyAccess"])
        Golden.expect(report.text(), equals: "plan-rich.txt")
        Golden.expect(report.text(TextStyle(isColored: true, width: 80)), equals: "plan-rich-colored.txt")
        Golden.expect(report.markdown(), equals: "plan-rich.md")
        Golden.expect(report.html(), equals: "plan-rich.html")
    }

    @Test("nothing to do is one calm line")
    func calm() {
        let report = PlanReport(Samples.empty())
        #expect(
            report.text()
                == "Nothing to do: d-1234567890 in ap-northeast-1 is as the mapping wants it (owner platform).\n"
        )
        Golden.expect(report.markdown(), equals: "plan-empty.md")
        Golden.expect(report.html(), equals: "plan-empty.html")
    }

    @Test("a plan that only holds and waits says so, and gives no fingerprint to copy")
    func onlyHeld() {
        var plan = Samples.rich()
        plan.actions = []
        plan.gained = []
        plan.lost = []
        plan.brakes = Samples.brakes()
        let text = PlanReport(plan).text()
        #expect(text.contains("Plan: nothing to change; 2 groups held; 1 person waiting"))
        #expect(text.contains("data-readers  source-vanished"))
        #expect(!text.contains("Fingerprint"))
        #expect(!text.contains("Brakes"))
    }

    @Test("a source that could not be read is told in every form, even where nothing is to do")
    func unread() {
        var plan = Samples.empty()
        plan.sources[0].isComplete = false
        plan.sources[0].isUnread = true
        plan.sources[0].problem = "google users.list: 503 [request id 1]"
        let report = PlanReport(plan)
        #expect(report.text().contains("google: could not be read (google users.list: 503 [request id 1])"))
        #expect(report.markdown().contains("Source `google` could not be read: `google users.list: 503"))
        #expect(report.html().contains("google: could not be read"))
    }

    @Test("a brake is shown from four fifths of its limit on")
    func nearBrakes() {
        func shown(_ value: Int, limit: Int?, isTripped: Bool = false) -> Int {
            var plan = Samples.empty()
            plan.brakes = [BrakeReading(brake: "removals", limit: limit, value: value, isTripped: isTripped)]
            return PlanReport(plan).shownBrakes.count
        }
        #expect(shown(7, limit: 10) == 0)
        #expect(shown(8, limit: 10) == 1)
        #expect(shown(0, limit: 0) == 0)
        #expect(shown(1, limit: 0, isTripped: true) == 1)
        #expect(shown(900, limit: nil) == 0)
    }

    @Test("the order of access: listed sets, administration, the most pairs, reading last")
    func accessOrder() {
        func access(_ set: String, _ count: Int) -> [EffectiveAccess] {
            (0..<count).map { EffectiveAccess(user: "u\($0)", account: "1", permissionSet: set) }
        }
        let all = access("ReadOnlyAccess", 9) + access("Data", 2) + access("Build", 3) + access("TeamAdmins", 1)
        let digest = AccessDigest(all + access("Listed", 1), accountNames: [:], listed: ["Listed"])
        #expect(digest.rows.map(\.permissionSet) == ["Listed", "TeamAdmins", "Build", "Data", "ReadOnlyAccess"])
        #expect(digest.rows[2].examplesText() == "u0 on 1, u1 on 1, u2 on 1")
        #expect(digest.rows[4].examplesText() == "u0 on 1, u1 on 1, u2 on 1 and 6 more")
        #expect(digest.people == 9)
    }

    @Test(
        "reasons of removals in words",
        arguments: [
            ("departed", "departed"), ("left:google:a@example.com", "left google:a@example.com"),
            ("left:entra:Team: A", "left entra:Team: A"),
            ("required:user", "not one of the required users"), ("excluded:user", "excluded by name"),
            ("excluded:google:x@example.com", "excluded by google:x@example.com"),
            ("expired", "its window is over"), ("new\u{202E}code", "new\\u{202E}code"),
        ]
    )
    func reasons(code: String, wanted: String) {
        #expect(endedText(code) == wanted)
    }

    @Test("no name breaks out, in any form")
    func hostile() {
        let name = "\u{1B}[2J\n```\n</code></details><script>alert(1)</script>\u{202E}|@all [x](javascript:1) ~~~~"
        let report = PlanReport(Samples.hostile(name))
        for text in [
            report.text(), report.text(TextStyle(isColored: false, width: 60)), report.markdown(), report.html(),
        ] {
            #expect(!text.contains("\u{202E}"))
            #expect(!text.contains("\u{1B}"))
            #expect(!text.contains("\n```\n</code>"))
        }
        Golden.expect(report.text(), equals: "plan-hostile.txt")
        Golden.expect(report.markdown(), equals: "plan-hostile.md")
        Golden.expect(report.html(), equals: "plan-hostile.html")
        let html = report.html()
        #expect(!html.contains("<script"))
        #expect(html.contains("&lt;script&gt;"))
    }

    @Test("a plan of any size fits into a comment, and says what is left out")
    func bounded() {
        let seed = UInt64.random(in: .min ... .max)
        var random = Random(seed: seed)
        for limit in [1_000, 4_000, 60_000] {
            for size in [1, 40, 3_000] {
                let plan = Samples.large(
                    actions: size,
                    groups: 1 + Int(random.next() % 40),
                    nameLength: 1 + Int(random.next() % 900)
                )
                let text = PlanReport(plan).markdown(limit: limit)
                #expect(text.utf8.count <= max(4_000, limit), "seed \(seed), limit \(limit), size \(size)")
                #expect(text.contains("<details") == (text.contains("</details>")))
                #expect(count("<details", in: text) == count("</details>", in: text))
                if size == 3_000 { #expect(text.contains("**Cut to fit:**")) }
            }
        }
    }

    @Test("a hundred thousand actions are rendered whole")
    func large() {
        let report = PlanReport(Samples.large(actions: 100_000, groups: 500, nameLength: 12))
        let text = report.text()
        #expect(count("    + ", in: text) == 100_000)
        #expect(count("<tr class=\"added\">", in: report.html()) == 100_000)
    }

    private func count(_ part: String, in text: String) -> Int {
        let part = Array(part.utf8)
        var found = 0
        let bytes = Array(text.utf8)
        var at = 0
        while at + part.count <= bytes.count {
            if bytes[at] == part[0], bytes[at..<at + part.count].elementsEqual(part) { found += 1 }
            at += 1
        }
        return found
    }
}

/// Numbers that follow from a seed.
struct Random: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
