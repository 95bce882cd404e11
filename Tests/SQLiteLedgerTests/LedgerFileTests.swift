import Foundation
import Model
import Testing

@testable import SQLiteLedger

@Suite struct LedgerFileTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("folder and files are made for their owner alone") func modes() async throws {
        let ledger = try SQLiteLedger(path: folder.file("state/deep/ledger.sqlite"))
        _ = try await ledger.begin(RunRecord(command: "sync", startedAt: moment(0)))
        #expect(try folder.mode(of: "state") == 0o700)
        #expect(try folder.mode(of: "state/deep") == 0o700)
        for ending in ["", "-wal", "-shm"] {
            #expect(try folder.mode(of: "state/deep/ledger.sqlite\(ending)") == 0o600, "\(ending)")
        }
    }

    @Test("a file that begins with file: or a question mark is a file like any other") func oddNames() async throws {
        for name in ["file:ledger?mode=memory", "?", "a b%20.sqlite", ":memory:"] {
            do {
                let ledger = try SQLiteLedger(path: folder.file(name))
                try await ledger.cache([1], for: "k")
            }
            let again = try SQLiteLedger(path: folder.file(name))
            #expect(try await again.cached("k") == [1], "\(name)")
        }
    }

    @Test("what was noted is there when the file is opened again") func reopening() async throws {
        let path = folder.file("ledger.sqlite")
        do {
            let ledger = try SQLiteLedger(path: path)
            let run = try await ledger.begin(RunRecord(command: "sync", startedAt: moment(0)))
            try await ledger.note([action("a", run: run)])
            _ = try await ledger.enqueue(request("r"))
            try await ledger.record(departure("d"))
        }
        let ledger = try SQLiteLedger(path: path)
        #expect(try await ledger.runs(limit: 9).count == 1)
        #expect(try await ledger.actions(run: nil, about: nil, limit: 9) == [action("a", run: 1)])
        #expect(try await ledger.openRequests() == [request("r")])
        #expect(try await ledger.departures() == [departure("d")])
        #expect(try await ledger.begin(RunRecord(command: "sync", startedAt: moment(0))) == 2)
    }

    @Test("a file that is no database, or is cut off, is called damaged, by name and with what to do") func damaged()
        async throws
    {
        let path = folder.file("ledger.sqlite")
        try folder.write(
            [UInt8]("This is not a database, only a text that somebody put here.".utf8),
            to: "ledger.sqlite"
        )
        let error = #expect(throws: LedgerError.self) { try SQLiteLedger(path: path) }
        let text = error?.description ?? ""
        #expect(text.contains("the ledger \(path) is damaged"))
        #expect(text.contains("move \(path), \(path)-wal and \(path)-shm away"))
        #expect(text.contains("losing the ledger never causes a wrong change"))
        #expect(try folder.bytes(of: "ledger.sqlite").count == 59)
    }

    @Test("pages that were overwritten are called damaged when they are read") func damagedPages() async throws {
        let path = folder.file("ledger.sqlite")
        do {
            let ledger = try SQLiteLedger(path: path)
            let run = try await ledger.begin(RunRecord(command: "sync", startedAt: moment(0)))
            try await ledger.note((0..<2000).map { action("a\($0)", run: run, user: "user\($0)@example.com") })
        }
        var bytes = try folder.bytes(of: "ledger.sqlite")
        #expect(bytes.count > 40 * 4096)
        for index in (2 * 4096)..<bytes.count { bytes[index] = 0xA5 }
        try folder.write(bytes, to: "ledger.sqlite")
        await #expect {
            let ledger = try SQLiteLedger(path: path)
            _ = try await ledger.actions(run: nil, about: nil, limit: 5000)
        } throws: { error in
            (error as? LedgerError)?.description.contains("is damaged") == true
        }
    }

    @Test("a ledger of a newer version is refused and stays as it is") func newer() async throws {
        let path = folder.file("ledger.sqlite")
        do {
            _ = try SQLiteLedger(path: path)
            let connection = try Connection.open(.file(path))
            try connection.migrate(
                Migration.all + [Migration(name: "users of tomorrow", sql: "CREATE TABLE tomorrow (id)")]
            )
        }
        let before = try folder.bytes(of: "ledger.sqlite")
        let error = #expect(throws: LedgerError.self) { try SQLiteLedger(path: path) }
        #expect(error?.description.contains("was written by a newer idbridge") == true)
        #expect(error?.description.contains("'users of tomorrow'") == true)
        #expect(error?.description.contains(path) == true)
        #expect(try folder.bytes(of: "ledger.sqlite") == before)
    }

    @Test("the database of another program is refused and stays as it is") func foreign() async throws {
        let path = folder.file("ledger.sqlite")
        try LedgerFile.prepare(path)
        do { try Connection.open(.file(path)).script("CREATE TABLE theirs (id)") }
        let before = try folder.bytes(of: "ledger.sqlite")
        let error = #expect(throws: LedgerError.self) { try SQLiteLedger(path: path) }
        #expect(error?.description.contains("is the database of another program") == true)
        #expect(try folder.bytes(of: "ledger.sqlite") == before)
    }

    @Test("a step that fails leaves the ledger as it was, and a later open makes it") func migrationIsWhole() throws {
        let path = folder.file("ledger.sqlite")
        try LedgerFile.prepare(path)
        let connection = try Connection.open(.file(path))
        let broken = Migration(name: "second", sql: "CREATE TABLE half (id); CREATE TABLE half (id);")
        #expect(throws: SQLiteFailure.self) { try connection.migrate(Migration.all + [broken]) }
        func tables() throws -> [String] {
            try connection.rows("SELECT name FROM sqlite_schema WHERE name IN ('half', 'run') ORDER BY name") {
                $0.text(0)
            }
        }
        #expect(try tables() == ["run"])
        let mended = Migration(name: "second", sql: "CREATE TABLE half (id);")
        try connection.migrate(Migration.all + [mended])
        try connection.migrate(Migration.all + [mended])
        #expect(try tables() == ["half", "run"])
    }

    @Test("a path that cannot be a file is refused with the reason") func impossible() throws {
        try folder.write([], to: "file")
        for path in [folder.file("file/ledger.sqlite"), folder.path, folder.file("file/deeper/ledger.sqlite")] {
            let error = #expect(throws: LedgerError.self) { try SQLiteLedger(path: path) }
            #expect(error?.description.contains(path) == true)
            #expect(error?.description.contains("idbridge.yaml") == true, "\(error?.description ?? "")")
        }
    }

    @Test("a copy in memory begins with the file's content and never changes it") func copying() async throws {
        let path = folder.file("ledger.sqlite")
        let ledger = try SQLiteLedger(path: path)
        try await ledger.record(departure("d"))
        let copy = try SQLiteLedger(inMemoryCopyOf: path)
        #expect(try await copy.departures() == [departure("d")])
        let run = try await copy.begin(RunRecord(command: "sync", startedAt: moment(0)))
        try await copy.note([action("a", run: run)])
        #expect(try await copy.runs(limit: 9).count == 1)
        #expect(try await ledger.runs(limit: 9).isEmpty)
        let none = try SQLiteLedger(inMemoryCopyOf: folder.file("missing/ledger.sqlite"))
        #expect(try await none.departures().isEmpty)
        #expect(!LedgerFile.exists(folder.file("missing")))
    }

    @Test("two ledgers of one file see each other's notes and wait for each other") func twoConnections() async throws {
        let path = folder.file("ledger.sqlite")
        let ledgers = [try SQLiteLedger(path: path), try SQLiteLedger(path: path)]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, ledger) in ledgers.enumerated() {
                group.addTask {
                    for index in 0..<50 {
                        let run = try await ledger.begin(RunRecord(command: "w\(number)", startedAt: moment(0)))
                        try await ledger.note([action("\(index)", run: run)])
                    }
                }
            }
            try await group.waitForAll()
        }
        for ledger in ledgers {
            let runs = try await ledger.runs(limit: 1000)
            #expect(runs.count == 100 && Set(runs.map(\.id)).count == 100)
            #expect(try await ledger.takings(since: moment(0)).removals == 100)
        }
    }

    @Test("many that open a new file at the same moment all get the same whole ledger") func openingAtOnce()
        async throws
    {
        for round in 0..<5 {
            let path = folder.file("ledger\(round).sqlite")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<8 {
                    group.addTask { @concurrent in
                        let ledger = try SQLiteLedger(path: path)
                        #expect(try await ledger.enqueue(request("\(number)")))
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await SQLiteLedger(path: path).openRequests().count == 8)
        }
    }

    @Test("every failure of SQLite names the file and what to do") func wording() {
        for code in 1...28 as ClosedRange<Int32> {
            for extended in [code, code | 7 << 8] {
                let text = LedgerError(SQLiteFailure(code: extended, message: "said"), path: "/x/ledger.sqlite")
                    .description
                #expect(text.contains("/x/ledger.sqlite") && text.contains("said"))
            }
        }
        let busy = LedgerError(SQLiteFailure(code: 5, message: "database is locked"), path: "/x/l").description
        #expect(busy.hasPrefix("another process kept the ledger /x/l locked"))
        let full = LedgerError(SQLiteFailure(code: 13, message: "database or disk is full"), path: "/x/l").description
        #expect(full.hasPrefix("there is no space left for the ledger /x/l"))
    }
}
