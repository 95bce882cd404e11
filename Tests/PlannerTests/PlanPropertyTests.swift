import Mapping
import Model
import Planner
import Testing

@Suite("Plans of generated companies")
struct PlanPropertyTests {
    private static let seeds: Range<UInt64> = 1..<160

    private func plan(_ input: PlanInput) -> PlanResult? {
        if case .planned(let result) = Planner.plan(input) { return result }
        return nil
    }

    private func applied(_ input: PlanInput, _ plan: Plan) -> PlanInput {
        var target = SimulatedTarget(input.observed)
        for action in plan.actions { target.perform(action) }
        var next = input
        next.observed = target.state
        return next
    }

    @Test("after a plan is applied the second plan is empty")
    func secondPlanIsEmpty() throws {
        for seed in PlanPropertyTests.seeds {
            let company = GeneratedCompany(seed: seed, withFaults: seed % 3 == 0)
            let first = try #require(plan(company.input), "seed \(seed)")
            let second = try #require(plan(applied(company.input, first.plan)), "seed \(seed)")
            #expect(second.plan.actions.isEmpty, "seed \(seed): \(second.plan.actions.map(\.kind))")
        }
    }

    @Test("the same company in another order gives the same plan")
    func sameInputsSameBytes() throws {
        for seed in PlanPropertyTests.seeds {
            let company = GeneratedCompany(seed: seed, withFaults: seed % 3 == 0)
            let first = try #require(plan(company.input), "seed \(seed)")
            let second = try #require(plan(company.shuffled(seed: seed &+ 7)), "seed \(seed)")
            #expect(first.plan == second.plan, "seed \(seed)")
        }
    }

    @Test("nothing that is not owned is touched")
    func unownedIsUntouched() throws {
        for seed in PlanPropertyTests.seeds {
            let company = GeneratedCompany(seed: seed)
            let result = try #require(plan(company.input), "seed \(seed)")
            let owned = Set(
                company.input.observed.groups.filter { $0.description?.hasSuffix("[idbridge:platform]") ?? false }.map(
                    \.id
                )
            )
            let adopted = Set(company.input.mapping.groups.filter(\.adopt).map(\.name.folded))
            for action in result.plan.actions {
                guard let id = action.groupID else { continue }
                let name = company.input.observed.groups.first { $0.id == id }?.displayName.folded ?? ""
                #expect(owned.contains(id) || adopted.contains(name), "seed \(seed): \(action.kind) \(name)")
            }
        }
    }

    @Test("an action stands behind those it rests on, and nobody is without an access in between")
    func makeBeforeBreak() throws {
        for seed in PlanPropertyTests.seeds {
            let company = GeneratedCompany(seed: seed)
            let result = try #require(plan(company.input), "seed \(seed)")
            var done: Set<String> = []
            var target = SimulatedTarget(company.input.observed)
            let groups = result.ownedGroups
            let before = target.reach(groups)
            var final = SimulatedTarget(company.input.observed)
            for action in result.plan.actions { final.perform(action) }
            let after = final.reach(groups)
            // Whatever order `after` allows is fair: the worst is every taker as soon as it may go.
            for action in worstOrder(result.plan.actions) {
                #expect(Set(action.after).isSubset(of: done), "seed \(seed)")
                done.insert(action.id)
                target.perform(action)
                let now = target.reach(groups)
                for (user, pairs) in before {
                    let kept = pairs.intersection(after[user] ?? [])
                    #expect(kept.isSubset(of: now[user] ?? []), "seed \(seed): \(user) is without \(kept)")
                }
            }
        }
    }

    /// Takers before givers wherever `after` allows it.
    private func worstOrder(_ actions: [Action]) -> [Action] {
        var left = actions
        var done: Set<String> = []
        var result: [Action] = []
        while !left.isEmpty {
            let ready = left.filter { Set($0.after).isSubset(of: done) }
            guard let next = ready.first(where: { $0.kind.takes }) ?? ready.first else { return result + left }
            result.append(next)
            done.insert(next.id)
            left.removeAll { $0.id == next.id }
        }
        return result
    }

    @Test("a departed person is never added, and is removed from every owned group")
    func departedGetNothing() throws {
        for seed in PlanPropertyTests.seeds {
            let company = GeneratedCompany(seed: seed, withFaults: true)
            let result = try #require(plan(company.input), "seed \(seed)")
            let departed = Set(company.input.departures.compactMap(\.identifiers.userID))
            for action in result.plan.actions where action.kind == .addMember {
                #expect(!departed.contains(action.userID ?? ""), "seed \(seed)")
            }
            let next = applied(company.input, result.plan)
            for group in next.observed.groups where group.description == "[idbridge:platform]" {
                let members = Set((next.observed.memberships[group.id] ?? []).map(\.user))
                #expect(members.isDisjoint(with: departed), "seed \(seed): \(group.displayName)")
            }
        }
    }
}
