import Foundation
import Model
import SQLiteLedger
import TestSupport
import Testing

extension SeededGenerator {
    mutating func pick<Element>(_ list: [Element]) -> Element { list[Int.random(in: 0..<list.count, using: &self)] }
    mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &self) < share }
    mutating func anyMoment() -> Timestamp { moment(Int64.random(in: 0..<20, using: &self)) }
}

@Suite struct LedgerPropertyTests {
    @Test("any sequence of operations, by two connections and over restarts, answers like plain values")
    func likePlainValues() async throws {
        let base = UInt64.random(in: 0..<1_000_000)
        print("LedgerPropertyTests: seeds from \(base)")
        for seed in base..<(base + 12) {
            let folder = try TemporaryFolder()
            var trial = try Trial(path: folder.file("ledger.sqlite"), seed: seed)
            for step in 0..<120 {
                try await trial.change()
                if step % 10 == 9 { try await trial.compare("seed \(seed), step \(step)") }
            }
        }
    }
}

private struct Trial {
    var path: String
    var ledgers: [SQLiteLedger]
    var model = LedgerModel()
    var random: SeededGenerator
    let ids = ["1", "2", "3", "4"]

    init(path: String, seed: UInt64) throws {
        self.path = path
        random = SeededGenerator(seed: seed)
        ledgers = [try SQLiteLedger(path: path), try SQLiteLedger(path: path)]
    }

    mutating func change() async throws {
        let ledger = random.pick(ledgers)
        switch Int.random(in: 0..<11, using: &random) {
        case 0:
            let run = RunRecord(command: random.pick(hostileNames), startedAt: random.anyMoment())
            #expect(try await ledger.begin(run) == model.begin(run))
        case 1, 2, 3: try await note(ledger)
        case 4: try await end(ledger)
        case 5: try await depart(ledger)
        case 6:
            let (id, at) = (random.pick(ids), random.anyMoment())
            try await ledger.countDeparture(id, at: at)
            model.counted.append((id, at))
        case 7: try await ask(ledger)
        case 8: try await setGroups(ledger)
        case 9:
            let key = random.pick(hostileNames)
            let value = random.chance(0.3) ? nil : [UInt8](random.pick(hostileNames).utf8)
            try await ledger.cache(value, for: key)
            model.caches[[UInt8](key.utf8)] = value
        default:
            let index = Int.random(in: 0..<2, using: &random)
            ledgers[index] = try SQLiteLedger(path: path)
        }
    }

    private mutating func note(_ ledger: SQLiteLedger) async throws {
        let notes = (0..<Int.random(in: 0..<5, using: &random)).map { _ in
            action(
                random.pick(ids),
                run: Int64.random(in: 1...Int64(max(1, model.runs.count)), using: &random),
                kind: random.pick(ActionKind.allCases),
                group: random.pick(hostileNames),
                user: random.chance(0.2) ? nil : random.pick(hostileNames),
                status: random.pick([.begun, .done, .failed, .skipped, .kept]),
                at: random.anyMoment(),
                isAllowed: random.chance(0.3),
                countsForBrakes: random.chance(0.7)
            )
        }
        let isTaken = model.note(notes)
        do {
            try await ledger.note(notes)
            #expect(isTaken)
        } catch { #expect(!isTaken) }
    }

    private mutating func end(_ ledger: SQLiteLedger) async throws {
        let run = Int64.random(in: 1...Int64(model.runs.count + 1), using: &random)
        let at = random.anyMoment()
        let isThere = model.end(run: run, at: at, exitCode: 4, outcome: "partly")
        do {
            try await ledger.end(run: run, at: at, exitCode: 4, outcome: "partly")
            #expect(isThere)
        } catch { #expect(!isThere) }
    }

    private mutating func depart(_ ledger: SQLiteLedger) async throws {
        let id = random.pick(ids)
        if random.chance(0.3) {
            try await ledger.reinstate(departure: id, at: random.anyMoment(), reason: "back")
            model.departures.removeAll { $0.id == id }
            return
        }
        var person = departure(id, origin: random.pick([.requested, .found(source: "g")]), since: random.anyMoment())
        person.identifiers.primaryAddress = random.pick(hostileNames)
        person.settledAt = random.chance(0.5) ? random.anyMoment() : nil
        try await ledger.record(person)
        model.record(person)
    }

    private mutating func ask(_ ledger: SQLiteLedger) async throws {
        let id = random.pick(ids)
        if random.chance(0.3) {
            try await ledger.close(request: id, at: random.anyMoment())
            model.close(request: id)
            return
        }
        let asked = request(id, at: random.anyMoment())
        #expect(try await ledger.enqueue(asked) == model.enqueue(asked))
    }

    private mutating func setGroups(_ ledger: SQLiteLedger) async throws {
        let picked = ids.filter { _ in random.chance(0.5) }.map { GroupID($0) }
        model.owned = Set(picked)
        model.provisioned = Dictionary(uniqueKeysWithValues: picked.map { ($0, random.pick(hostileNames)) })
        try await ledger.setOwnedGroups(model.owned)
        try await ledger.setProvisionedGroups(model.provisioned)
    }

    mutating func compare(_ place: String) async throws {
        for ledger in ledgers {
            let (limit, since, name) = (
                Int.random(in: 0..<30, using: &random), random.anyMoment(), random.pick(hostileNames)
            )
            let run = random.chance(0.5) ? nil : Int64.random(in: 1...4, using: &random)
            #expect(try await ledger.runs(limit: limit) == model.latestRuns(limit: limit), "\(place)")
            for about in [nil, name, "u-1"] {
                let found = try await ledger.actions(run: run, about: about, limit: limit)
                #expect(found == model.actions(run: run, about: about, limit: limit), "\(place)")
            }
            #expect(try await ledger.takings(since: since) == model.takings(since: since), "\(place)")
            #expect(try await ledger.ownedGroups() == model.owned, "\(place)")
            #expect(try await ledger.provisionedGroups() == model.provisioned, "\(place)")
            #expect(try await ledger.departures() == model.departures, "\(place)")
            let counted = try await ledger.departuresCounted(since: since)
            #expect(counted == model.departuresCounted(since: since), "\(place)")
            #expect(try await ledger.openRequests() == model.openRequests, "\(place)")
            for key in hostileNames {
                #expect(try await ledger.cached(key) == model.caches[[UInt8](key.utf8)], "\(place)")
            }
        }
    }
}
