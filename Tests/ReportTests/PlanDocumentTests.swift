import Model
import Report
import TestSupport
import Testing

@Suite("The plan document")
struct PlanDocumentTests {
    @Test("a rich plan and an empty one are written as the contract shows")
    func golden() {
        Golden.expect(PlanDocument.encode(Samples.rich()), equals: "plan-rich.json")
        Golden.expect(PlanDocument.encode(Samples.empty()), equals: "plan-empty.json")
    }

    @Test("what apply believes comes back, and nothing else")
    func roundTrip() throws {
        let plan = Samples.rich()
        let document = try PlanDocument.decode(PlanDocument.encode(plan))
        #expect(document.fingerprint == plan.fingerprint)
        #expect(document.removalsFingerprint == plan.removalsFingerprint)
        #expect(document.owner == "platform")
        #expect(document.asOf == plan.asOf)
        #expect(document.instanceARN == plan.target.instanceARN)
        #expect(document.identityStoreID == "d-1234567890")
        #expect(document.region == "ap-northeast-1")
        let believed = plan.actions.map { action in
            var action = action
            action.because = []
            action.ended = []
            action.after = []
            return action
        }
        #expect(document.actions == believed)
    }

    @Test(
        "a document of another shape is refused with the place",
        arguments: [
            ("\"idbridge.plan/1\"", "\"idbridge.plan/2\"", "format: \"idbridge.plan/2\" is not"),
            ("\"owner\": \"platform\"", "\"owner\": 3", "owner: not a text"),
            ("\"fingerprint\"", "\"fingerprnt\"", "fingerprint: missing"),
            ("\"addMember\"", "\"makeCoffee\"", ".kind: no such kind"),
            ("\"userId\": \"u-15\"", "\"userId\": 15", ".userId: neither a text nor null"),
            ("\"asOf\": \"20", "\"asOf\": \"x0", "asOf: not a time"),
            ("\"id\": \"a2\"", "\"id\": \"a1\"", "an action of this id stands before"),
            ("\"actions\": [", "\"actions\": 1, \"x\": [", "actions: not a list"),
            ("{", "", "not a plan document: line 2"),
            ("\"access\": {", "\"access\": {{", "line 2, column 14"),
        ]
    )
    func shape(part: String, replacement: String, words: String) throws {
        let text = PlanDocument.encode(Samples.rich())
        let range = try #require(text.firstRange(of: part))
        let altered = text.replacingCharacters(in: range, with: replacement)
        let error = #expect(throws: PlanDocumentError.self) { try PlanDocument.decode(altered) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }

    @Test("a document that is cut short anywhere is refused")
    func cut() {
        let bytes = Array(PlanDocument.encode(Samples.rich()).utf8)
        for length in stride(from: 0, to: bytes.count - 1, by: 97) {
            #expect(throws: PlanDocumentError.self) { try PlanDocument.decode(bytes: Array(bytes[..<length])) }
        }
    }

    @Test("every level of the brakes has a limit or null, and perGroup names its group")
    func brakes() throws {
        let text = PlanDocument.encode(Samples.rich())
        guard case .object(let root) = try JSON.parse(Array(text.utf8)), case .array(let brakes)? = root["brakes"]
        else {
            Issue.record("no brakes")
            return
        }
        #expect(brakes[1] == ["brake": "perGroup", "limit": 5, "value": 9, "tripped": true, "group": "support"])
        #expect(brakes[5] == ["brake": "gains", "limit": .null, "value": 0, "tripped": false])
    }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<String.Index>, with text: String) -> String {
        String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
    }
}
