internal import CSQLite

/// Sole owner of one prepared statement; columns are counted from zero.
@safe
struct Statement: ~Copyable {
    private let raw: OpaquePointer
    private let database: OpaquePointer

    /// Prepares the text, which can only be one written in the source.
    init(_ sql: StaticString, database: OpaquePointer) throws(SQLiteFailure) {
        var prepared: OpaquePointer?
        let code = unsafe sql.utf8Start.withMemoryRebound(to: CChar.self, capacity: sql.utf8CodeUnitCount) { text in
            unsafe sqlite3_prepare_v2(database, text, Int32(sql.utf8CodeUnitCount), &prepared, nil)
        }
        guard code == SQLITE_OK, let prepared = unsafe prepared else {
            throw unsafe SQLiteFailure(of: database, code: code)
        }
        unsafe raw = unsafe prepared
        unsafe self.database = unsafe database
    }

    deinit { unsafe sqlite3_finalize(raw) }

    /// Binds the parameters `?1`, `?2` … anew.
    borrowing func bind(_ values: [Value]) throws(SQLiteFailure) {
        unsafe sqlite3_reset(raw)
        for (index, value) in values.enumerated() { try check(bind(value, at: Int32(index + 1))) }
    }

    /// Goes to the next row; false when there is none.
    borrowing func step() throws(SQLiteFailure) -> Bool {
        switch unsafe sqlite3_step(raw) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code:
            let failure = unsafe SQLiteFailure(of: database, code: code)
            unsafe sqlite3_reset(raw)
            throw failure
        }
    }

    /// Runs the statement to its end.
    borrowing func finish() throws(SQLiteFailure) {
        while try step() {}
        unsafe sqlite3_reset(raw)
    }

    borrowing func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(raw, column) == SQLITE_NULL }

    borrowing func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(raw, column) }

    borrowing func integerOrNull(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

    borrowing func flag(_ column: Int32) -> Bool { integer(column) != 0 }

    borrowing func text(_ column: Int32) -> String { textOrNull(column) ?? "" }

    borrowing func textOrNull(_ column: Int32) -> String? {
        guard let start = unsafe sqlite3_column_text(raw, column) else { return nil }
        let count = Int(unsafe sqlite3_column_bytes(raw, column))
        return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    borrowing func blob(_ column: Int32) -> [UInt8] {
        guard let start = unsafe sqlite3_column_blob(raw, column) else { return [] }
        let count = Int(unsafe sqlite3_column_bytes(raw, column))
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    }

    private borrowing func bind(_ value: Value, at index: Int32) -> Int32 {
        switch value {
        case .null: return unsafe sqlite3_bind_null(raw, index)
        case .integer(let number): return unsafe sqlite3_bind_int64(raw, index, number)
        // The length is given, so that a text with a NUL in it is kept whole.
        case .text(let text): return unsafe csqlite_bind_text(raw, index, text, UInt64(text.utf8.count))
        // An empty array may have no address, which SQLite would take for NULL.
        case .blob([]): return unsafe sqlite3_bind_zeroblob(raw, index, 0)
        case .blob(let bytes): return unsafe csqlite_bind_blob(raw, index, bytes, UInt64(bytes.count))
        }
    }

    private borrowing func check(_ code: Int32) throws(SQLiteFailure) {
        guard code == SQLITE_OK else { throw unsafe SQLiteFailure(of: database, code: code) }
    }
}

extension SQLiteFailure {
    /// What the connection says about its latest call.
    init(of database: OpaquePointer, code: Int32) {
        let said = unsafe sqlite3_errmsg(database).map { unsafe String(cString: $0) }
        self.init(code: code, message: said ?? "no further word")
    }
}
