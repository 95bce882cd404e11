internal import Configuration
internal import Engine
internal import IAMPolicy
internal import IdentityCenter
internal import Model
internal import Report

/// `idbridge guardrails`: which permission sets break a guardrail; with `--fix` mends them.
struct GuardrailsCommand {
    let context: CommandContext

    func run() async throws(CommandFailure) -> Int32 {
        let configuration = try context.configuration()
        let session = try Session(context, configuration)
        let target = session.clouds.identityCenter
        let (identity, sets) = try await read(target)
        let guardrails = GuardrailAssessor.guardrails(configuration.guardrails, partition: identity.partition)
        try checkSids(guardrails)
        let assessor = GuardrailAssessor(target: target, guardrails: guardrails, cache: cache(session))
        let assessments = await context.stop.interrupting { await assessor.assess(sets) }
        if let code = context.stop.exitCode { return code }
        guard context.arguments[.fix] else {
            show(assessments)
            return assessments.exitCode
        }
        let chosen = try choose(assessments, guardrails)
        let fix = GuardrailFix(context: context, assessor: assessor)
        switch try await fix.mend(chosen) {
        case .refused: return context.stop.exitCode ?? 1
        case .done(let hasFailed):
            let afterwards = await assessor.assess(sets)
            show(afterwards)
            if let code = context.stop.exitCode { return code }
            let code = afterwards.exitCode
            return code == 0 && hasFailed ? 4 : code
        }
    }

    private func read(
        _ target: IdentityCenter
    ) async throws(CommandFailure) -> (identity: TargetIdentity, sets: [PermissionSet]) {
        do throws(UpstreamError) {
            return try await context.stop.interrupting { () async throws(UpstreamError) in
                (try await target.identity(), try await target.permissionSets())
            }
        } catch {
            if let code = context.stop.exitCode { throw CommandFailure(EngineError.stopped(exitCode: code)) }
            throw CommandFailure(EngineError.target(error))
        }
    }

    /// Without a ledger, documents are read anew: nothing else rests on it here.
    private func cache(_ session: Session) -> PolicyCache {
        if let ledger = try? session.ledger() { return PolicyCache(ledger: ledger) }
        return .none
    }

    private func checkSids(_ guardrails: [Guardrail]) throws(CommandFailure) {
        let names = Dictionary(grouping: guardrails) { DenyStatements.sid($0) }
        guard let twins = names.values.first(where: { $0.count > 1 }) else { return }
        throw CommandFailure(
            78,
            "idbridge: guardrails: \(twins.map(\.name).joined(separator: " and ")) differ in nothing but dashes, "
                + "and their statements would have one Sid; give one another name"
        )
    }

    /// The sets that `--set` names, else all.
    private func choose(
        _ assessments: [SetAssessment],
        _ guardrails: [Guardrail]
    ) throws(CommandFailure) -> [SetAssessment] {
        let names = context.arguments[.set]
        guard !names.isEmpty else { return assessments }
        for name in names {
            guard let assessment = assessments.first(where: { $0.set.name == name }) else {
                throw CommandFailure(
                    64,
                    "idbridge: --set: Identity Center has no permission set \(Printable.name(name))"
                )
            }
            if assessment.breaches.isEmpty, let guardrail = guardrails.first(where: { $0.excepts(name) }) {
                throw CommandFailure(
                    64,
                    "idbridge: --set: the configuration allows \(Printable.name(name)) to break \(guardrail.name); "
                        + "take it off `allow` first"
                )
            }
        }
        return assessments.filter { names.contains($0.set.name) }
    }

    private func show(_ assessments: [SetAssessment]) {
        let report = GuardrailReport(assessments: assessments)
        switch context.arguments[.format] ?? .text {
        case .json: context.terminal.result(report.json)
        case .markdown: context.terminal.result(report.markdown)
        default: context.terminal.result(report.text)
        }
    }
}
