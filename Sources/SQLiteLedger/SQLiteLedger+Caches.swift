public import Model

extension SQLiteLedger {
    /// The groups known as owned, by id.
    public func ownedGroups() throws(LedgerError) -> Set<GroupID> {
        try with { (connection) throws(SQLiteFailure) in
            Set(try connection.rows("SELECT id FROM ownedGroup") { GroupID($0.text(0)) })
        }
    }

    /// Replaces the set of groups known as owned.
    public func setOwnedGroups(_ groups: Set<GroupID>) throws(LedgerError) {
        try with { (connection) throws(SQLiteFailure) in
            try connection.transaction { () throws(SQLiteFailure) in
                try connection.run("DELETE FROM ownedGroup")
                let insert = try connection.prepare("INSERT INTO ownedGroup (id) VALUES (?1)")
                for group in groups {
                    try insert.bind([.text(group.value)])
                    try insert.finish()
                }
            }
        }
    }

    /// Provisioned groups to which access was given: group id to group name.
    public func provisionedGroups() throws(LedgerError) -> [GroupID: String] {
        let rows = try with { (connection) throws(SQLiteFailure) in
            try connection.rows("SELECT id, name FROM provisionedGroup") { (GroupID($0.text(0)), $0.text(1)) }
        }
        return Dictionary(rows) { first, _ in first }
    }

    /// Replaces the list of provisioned groups to which access was given.
    public func setProvisionedGroups(_ groups: [GroupID: String]) throws(LedgerError) {
        try with { (connection) throws(SQLiteFailure) in
            try connection.transaction { () throws(SQLiteFailure) in
                try connection.run("DELETE FROM provisionedGroup")
                let insert = try connection.prepare("INSERT INTO provisionedGroup (id, name) VALUES (?1, ?2)")
                for (group, name) in groups {
                    try insert.bind([.text(group.value), .text(name)])
                    try insert.finish()
                }
            }
        }
    }

    /// A cached value; nil where there is none.
    public func cached(_ key: String) throws(LedgerError) -> [UInt8]? {
        try with { (connection) throws(SQLiteFailure) in
            try connection.rows("SELECT value FROM cache WHERE key = ?1", .text(key)) { $0.blob(0) }.first
        }
    }

    /// Stores or, with nil, removes a cached value.
    public func cache(_ value: [UInt8]?, for key: String) throws(LedgerError) {
        try with { (connection) throws(SQLiteFailure) in
            guard let value else { return try connection.run("DELETE FROM cache WHERE key = ?1", .text(key)) }
            try connection.run(
                "INSERT INTO cache (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                .text(key),
                .blob(value)
            )
        }
    }
}
