import Foundation
import Testing

@testable import IAMPolicy

@Suite("Guardrails: another evaluator")
struct ConformanceTests {
    private struct Policy: Decodable {
        let name: String
        let text: String?

        var attached: AttachedPolicy {
            text.map { AttachedPolicy(name: name, text: $0) }
                ?? AttachedPolicy(name: name, content: .unreadable("no text"))
        }
    }

    private struct Rule: Decodable {
        let actions, resources: [String]
    }

    private struct Answer: Codable, Equatable {
        let action, verdict: String
    }

    private struct Question: Decodable {
        let policies: [Policy]
        let boundary: Policy?
        let rules: [Rule]
        let answers: [Answer]?

        func judged() -> [Answer] {
            let set = PermissionSetPolicies(policies: policies.map(\.attached), boundary: boundary?.attached)
            return rules.flatMap { rule in
                judge(set, by: Guardrail(name: "g", actions: rule.actions, resources: rule.resources)).actions
            }.map { Answer(action: $0.action, verdict: $0.verdict.rawValue) }
        }
    }

    /// `Tests/Conformance/iampolicy_conformance.py` asks its own questions by two files; without them the committed ones
    /// are asked.
    @Test("judges as the evaluator in Tests/Conformance does")
    func judgements() throws {
        let variables = ProcessInfo.processInfo.environment
        if let asked = variables["IDBRIDGE_IAMPOLICY_QUESTIONS"], let wanted = variables["IDBRIDGE_IAMPOLICY_ANSWERS"] {
            let answers = try questions(URL(fileURLWithPath: asked)).map { $0.judged() }
            try JSONEncoder().encode(answers).write(to: URL(fileURLWithPath: wanted))
            return
        }
        let committed = try #require(Bundle.module.url(forResource: "Vectors/judgements", withExtension: "json"))
        let questions = try questions(committed)
        #expect(questions.count == 400)
        for (index, question) in questions.enumerated() {
            #expect(question.judged() == question.answers, "question \(index)")
        }
    }

    private func questions(_ url: URL) throws -> [Question] {
        try JSONDecoder().decode([Question].self, from: Data(contentsOf: url))
    }
}
