internal import Configuration
internal import Engine
internal import IAMPolicy
internal import IdentityCenter
internal import Model
internal import Report

/// Puts the Deny statements that permission sets lack, and brings them to all accounts (`ACCESS.md` 5).
///
/// Killed at any call, the next run finds either a set that breaks a guardrail still, or one that carries the statement
/// and is not provisioned everywhere: both are mended.
struct GuardrailFix {
    /// What came of it.
    enum Outcome {
        /// A person answered no.
        case refused
        /// It went to its end; whether something of it failed.
        case done(hasFailed: Bool)
    }

    private struct Work {
        var set: PermissionSet
        /// The inline policy as it was shown; nil where there is none.
        var before: String?
        /// What it shall be; nil where the set is to be provisioned only.
        var after: String?
    }

    let context: CommandContext
    let assessor: GuardrailAssessor

    /// Shows what is to be done, asks, and does it.
    func mend(_ assessments: [SetAssessment]) async throws(CommandFailure) -> Outcome {
        var works: [Work] = []
        var hasFailed = false
        for assessment in assessments {
            do throws(LeftOut) {
                if let work = try work(for: assessment) { works.append(work) }
            } catch {
                tell("\(Printable.name(assessment.set.name)) is left out: \(Printable.text(error.reason))")
                hasFailed = true
            }
        }
        guard !works.isEmpty else { return .done(hasFailed: hasFailed) }
        context.terminal.message(works.map(shown).joined(separator: "\n"))
        guard try isWanted(works.count) else { return .refused }
        for work in works {
            guard context.stop.raisedBy == nil else {
                tell("stopped; run it again for what is left")
                return .done(hasFailed: true)
            }
            if let problem = await carryOut(work) {
                tell("\(Printable.name(work.set.name)): \(Printable.text(problem))")
                hasFailed = true
            }
        }
        return .done(hasFailed: hasFailed)
    }

    // MARK: What is to be done

    private struct LeftOut: Error { var reason: String }

    private func work(for assessment: SetAssessment) throws(LeftOut) -> Work? {
        let breaches = assessment.breaches
        guard !breaches.isEmpty || assessment.isHalfMended else { return nil }
        let before: String?
        switch assessment.inline?.content {
        case .text(let text)?: before = text
        case .unreadable(let reason)?: throw LeftOut(reason: "its inline policy could not be read: \(reason)")
        case nil: before = nil
        }
        guard !breaches.isEmpty else { return Work(set: assessment.set, before: before, after: nil) }
        do {
            return Work(set: assessment.set, before: before, after: try DenyStatements.put(breaches, into: before))
        } catch {
            throw LeftOut(reason: error.description)
        }
    }

    private func shown(_ work: Work) -> String {
        let name = Printable.name(work.set.name)
        guard let after = work.after else {
            return "\(name): the statement is there; accounts that have an older version get this one\n"
        }
        let before = work.before.map(lines) ?? "  (none)\n"
        return "\(name): inline policy as it is:\n\(before)as it would be:\n\(lines(after))"
    }

    private func lines(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).map { "  " + Printable.text(String($0)) + "\n" }.joined()
    }

    private func isWanted(_ count: Int) throws(CommandFailure) -> Bool {
        if context.arguments[.yes] { return true }
        do {
            return try context.terminal.ask("Mend \(count) permission set\(count == 1 ? "" : "s")?") {
                context.stop.raisedBy != nil
            }
        } catch {
            throw CommandFailure(64, "idbridge: there is no terminal to ask on; --yes mends without a question")
        }
    }

    // MARK: Doing it

    /// - Returns: what went wrong; nil where the set is mended.
    private func carryOut(_ work: Work) async -> String? {
        let set = work.set.arn
        let target = assessor.target
        do throws(UpstreamError) {
            if let after = work.after {
                guard try await target.inlinePolicy(of: set) == work.before else {
                    return "its inline policy changed while this was shown; nothing of it was changed, run it again"
                }
                _ = try await target.putInlinePolicy(after, of: set)
            }
            if try await !target.provisionedAccounts(of: set).isEmpty { _ = try await target.provision(set) }
            return try await check(work)
        } catch {
            return "\(error)"
        }
    }

    private func check(_ work: Work) async throws(UpstreamError) -> String? {
        let found = try await assessor.target.inlinePolicy(of: work.set.arn)
        if let after = work.after, !(found.map { DenyStatements.areSame($0, after) } ?? false) {
            return "its inline policy is not what was put: somebody else changed it at the same time; run it again"
        }
        let outdated = try await assessor.target.outdatedAccounts(of: work.set.arn)
        guard !outdated.isEmpty else { return nil }
        return "provisioned, but \(outdated.count) accounts still have an older version: "
            + outdated.prefix(5).map(\.value).joined(separator: ", ")
    }

    private func tell(_ text: String) { context.terminal.message("idbridge: \(text)") }
}
