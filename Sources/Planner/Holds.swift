internal import Mapping
internal import Model

/// Finds what else holds a group, once its members, access and present state are known.
struct HoldFinding {
    let context: PlanningContext

    private static let longestDescription = 1024

    /// Adds to a group all holds that the reads tell.
    func complete(_ work: inout GroupWork) {
        work.holds += work.members.holds
        work.holds += work.access.problems.holds.map { problem in
            Hold(
                group: work.shownName,
                code: problem.code,
                reason: problem.reason,
                file: problem.place.file,
                line: problem.place.line
            )
        }
        if work.role == .managed { checkDescription(&work) }
        if work.isManageable, work.role != .provisioned { checkMembers(&work) }
        if work.role == .unmapped, work.holds.isEmpty { checkDeletion(&work) }
        if work.role == .managed, work.isManageable { checkEmpty(&work) }
        work.holds = merged(work.holds)
    }

    private func checkDescription(_ work: inout GroupWork) {
        guard work.subject == nil || work.isManageable, let mapping = work.definition?.mapping else { return }
        let wanted: String?
        if let subject = work.subject {
            wanted = GroupActions(context: context, work: work).wantedDescription(of: subject)
        } else {
            wanted = Ownership.description(mapping.description?.value ?? "", mark: context.input.settings.mark)
        }
        guard let wanted, wanted.unicodeScalars.count > HoldFinding.longestDescription else { return }
        let place = mapping.description?.place ?? mapping.place
        hold(
            &work,
            "description-too-long",
            "the description and the mark would have \(wanted.unicodeScalars.count) characters; 1,024 are allowed",
            place.file,
            place.line
        )
    }

    private func checkMembers(_ work: inout GroupWork) {
        guard let subject = work.subject else { return }
        let unknown = context.members(of: subject.id).unknown
        guard !unknown.isEmpty else { return }
        let some = unknown.sorted().prefix(3).map(\.value).joined(separator: ", ")
        hold(
            &work,
            "target-incomplete",
            "\(unknown.count) member\(unknown.count == 1 ? "" : "s") cannot be found among the users of Identity Center: \(some)",
            work.definition?.mapping.place.file,
            work.definition?.mapping.place.line
        )
    }

    private func checkDeletion(_ work: inout GroupWork) {
        guard let subject = work.subject else { return }
        if !subject.externalIDs.isEmpty {
            hold(
                &work,
                "external-id",
                "\(subject.displayName) has an external id, which cannot be had again after a deletion"
            )
        }
        if context.input.observed.hasApplicationAssignments[subject.id] ?? false {
            let unread = context.input.observed.unreadableApplications.contains(subject.id)
            hold(
                &work,
                "application-assignments",
                "\(subject.displayName) is assigned to applications\(unread ? ", or could not be looked at" : "")"
            )
        }
        let guarded = context.members(of: subject.id).targets.filter {
            context.protectedTargets.contains($0) && !isDeparted($0)
        }
        guard !guarded.isEmpty else { return }
        let names = guarded.map { context.targets.users[$0].userName }.sorted().joined(separator: ", ")
        hold(&work, "protected", "\(subject.displayName) has protected members: \(names)")
    }

    /// An empty source group holds where somebody other than a leaver would go by it (`MAPPING.md` 27).
    private func checkEmpty(_ work: inout GroupWork) {
        guard let mapping = work.definition?.mapping, !mapping.allowEmpty, !work.members.empty.isEmpty,
            let subject = work.subject
        else { return }
        let actions = GroupActions(context: context, work: work)
        let reasons = RemovalReasons(context: context, members: work.members)
        let losers = context.members(of: subject.id).targets.filter { target in
            guard !isDeparted(target), actions.ending(of: target, reasons) != nil else { return false }
            return !context.people.hasLeft(
                target,
                inSources: work.members.namedSources,
                allRead: work.members.areNamedSourcesRead
            )
        }
        guard let name = losers.map({ context.targets.users[$0].userName }).min() else { return }
        let more = losers.count > 1 ? " and \(losers.count - 1) more" : ""
        for entry in work.members.empty {
            hold(
                &work,
                "source-empty",
                "\(entry.via) lists nobody, and \(name)\(more) would lose the group by it; "
                    + "`allowEmpty: true` says that empty is meant",
                entry.place.file,
                entry.place.line,
                source(of: entry)
            )
        }
    }

    private func source(of entry: MemberEntry) -> String? {
        if case .group(let source, _) = entry.kind { source } else { nil }
    }

    private func isDeparted(_ target: Int) -> Bool {
        context.people.persons[context.people.personOfTarget[target]].departure != nil
    }

    private func hold(
        _ work: inout GroupWork,
        _ code: String,
        _ reason: String,
        _ file: String? = nil,
        _ line: Int? = nil,
        _ source: String? = nil
    ) {
        work.holds.append(
            Hold(group: work.shownName, code: code, source: source, reason: reason, file: file, line: line)
        )
    }

    /// One entry a group and reason: what is said more than once is said in one sentence.
    private func merged(_ holds: [Hold]) -> [Hold] {
        var result: [Hold] = []
        for hold in holds {
            if let place = result.firstIndex(where: { $0.code == hold.code }) {
                if !result[place].reason.contains(hold.reason) { result[place].reason += "; \(hold.reason)" }
            } else {
                result.append(hold)
            }
        }
        return result
    }
}
