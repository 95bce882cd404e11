internal import IAMPolicy
internal import Model
internal import Report

/// The verdicts of the guardrails for people and programs.
struct GuardrailReport {
    let assessments: [SetAssessment]

    private static let remark = "Service control policies are not looked at."

    // MARK: JSON

    var json: String {
        let document: JSON = [
            "format": "idbridge.guardrails/1",
            "permissionSets": .array(assessments.map(json)),
        ]
        return document.document
    }

    private func json(_ assessment: SetAssessment) -> JSON {
        [
            "permissionSet": .string(assessment.set.name),
            "arn": .string(assessment.set.arn.value),
            "provisioned": assessment.isProvisioned.map { .bool($0) } ?? .null,
            "guardrails": .array(assessment.findings.map(json)),
        ]
    }

    private func json(_ finding: SetAssessment.Finding) -> JSON {
        [
            "guardrail": .string(finding.guardrail.name),
            "verdict": .string(finding.judgement.verdict.rawValue),
            "exception": .bool(finding.isException),
            "actions": .array(finding.judgement.actions.map(json)),
            "reason": .optional(finding.judgement.reason),
        ]
    }

    private func json(_ action: ActionJudgement) -> JSON {
        let statement: JSON =
            switch action.statement {
            case .sid(let sid)?: .string(sid)
            case .index(let index)?: .integer(index)
            case nil: .null
            }
        return [
            "action": .string(action.action),
            "verdict": .string(action.verdict.rawValue),
            "policy": .optional(action.policy),
            "statement": statement,
        ]
    }

    // MARK: Text

    var text: String {
        var lines: [String] = []
        for assessment in assessments {
            lines.append(Printable.name(assessment.set.name) + (provisioning(assessment).map { "  (\($0))" } ?? ""))
            lines += assessment.findings.map { "  \(Printable.text(words($0)))" }
        }
        if !lines.isEmpty { lines.append("") }
        lines.append("\(summary) \(GuardrailReport.remark)")
        return lines.joined(separator: "\n") + "\n"
    }

    private func words(_ finding: SetAssessment.Finding) -> String {
        let head = "\(finding.guardrail.name): \(finding.judgement.verdict.rawValue)"
        let exception = finding.isException ? ", and the configuration allows it" : ""
        switch finding.judgement.verdict {
        case .denied: return head
        case .allowed, .conditional: return "\(head)\(exception): \(finding.judgement.statementText)"
        case .unknown: return "\(head)\(exception): \(finding.judgement.reason ?? "")"
        }
    }

    private func provisioning(_ assessment: SetAssessment) -> String? {
        switch assessment.outdated {
        case .success(let accounts) where accounts.isEmpty: nil
        case .success(let accounts):
            "\(accounts.count) account\(accounts.count == 1 ? " has" : "s have") an older version of it"
        case .failure(let error): "which accounts have it is not known: \(Printable.text("\(error)"))"
        }
    }

    private var summary: String {
        let breaches = assessments.count { !$0.breaches.isEmpty }
        let unknown = assessments.count { $0.breaches.isEmpty && $0.findings.contains(where: \.isUnknown) }
        var parts = ["\(assessments.count) permission set\(assessments.count == 1 ? "" : "s")"]
        parts.append("\(breaches) break\(breaches == 1 ? "s" : "") a guardrail")
        if unknown > 0 { parts.append("of \(unknown) it is not known") }
        return parts.joined(separator: ", ") + "."
    }

    // MARK: Markdown

    var markdown: String {
        var lines = ["| Permission set | Guardrail | Verdict | Why |", "| --- | --- | --- | --- |"]
        for assessment in assessments {
            for finding in assessment.findings {
                let verdict =
                    finding.isBreach ? "**\(finding.judgement.verdict.rawValue)**" : finding.judgement.verdict.rawValue
                let cells = [
                    Printable.markdownCode(assessment.set.name, isInTable: true), finding.guardrail.name, verdict,
                    Printable.markdown(why(finding)),
                ]
                lines.append("| " + cells.joined(separator: " | ") + " |")
            }
        }
        lines += ["", "\(summary) \(GuardrailReport.remark)"]
        let outdated = assessments.compactMap { assessment in
            provisioning(assessment).map {
                "- \(Printable.markdownCode(assessment.set.name)): \(Printable.markdown($0))"
            }
        }
        if !outdated.isEmpty { lines += [""] + outdated }
        return lines.joined(separator: "\n") + "\n"
    }

    private func why(_ finding: SetAssessment.Finding) -> String {
        let exception = finding.isException ? "the configuration allows it; " : ""
        return switch finding.judgement.verdict {
        case .denied: ""
        case .allowed, .conditional: exception + finding.judgement.statementText
        case .unknown: exception + (finding.judgement.reason ?? "")
        }
    }
}
