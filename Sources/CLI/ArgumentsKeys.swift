internal import Model

extension OptionKey where Value == Bool {
    static var all: Self { Self("all") }
    static var check: Self { Self("check") }
    static var deleteUser: Self { Self("delete-user") }
    static var denyPolicy: Self { Self("deny-policy") }
    static var detailedExitCode: Self { Self("detailed-exitcode") }
    static var dryRun: Self { Self("dry-run") }
    static var evenProtected: Self { Self("even-protected") }
    static var fix: Self { Self("fix") }
    static var help: Self { Self("help") }
    static var noWait: Self { Self("no-wait") }
    static var policy: Self { Self("policy") }
    static var pseudonymise: Self { Self("pseudonymise") }
    static var quiet: Self { Self("quiet") }
    static var skipStale: Self { Self("skip-stale") }
    static var unmanaged: Self { Self("unmanaged") }
    static var version: Self { Self("version") }
    static var yes: Self { Self("yes") }
}

extension OptionKey where Value == String {
    static var config: Self { Self("config") }
    static var metricsFile: Self { Self("metrics-file") }
    static var out: Self { Self("out") }
    static var output: Self { Self("output") }
    static var readyFile: Self { Self("ready-file") }
    static var reason: Self { Self("reason") }
    static var snapshot: Self { Self("snapshot") }
}

extension OptionKey where Value == OptionalText {
    static var merge: Self { Self("merge") }
}

extension OptionKey where Value == [String] {
    static var only: Self { Self("only") }
    static var reach: Self { Self("for") }
    static var set: Self { Self("set") }
}

extension OptionKey where Value == Int {
    static var maxParallel: Self { Self("max-parallel") }
    static var port: Self { Self("port") }
    static var people: Self { Self("people") }
}

extension OptionKey where Value == Duration {
    static var lockTimeout: Self { Self("lock-timeout") }
    static var maxAge: Self { Self("max-age") }
}

extension OptionKey where Value == Timestamp {
    static var now: Self { Self("now") }
}

extension OptionKey where Value == Fingerprint {
    static var allowRemovals: Self { Self("allow-removals") }
}

extension OptionKey where Value == OutputFormat {
    static var format: Self { Self("format") }
}

extension OptionKey where Value == LogFormat {
    static var logFormat: Self { Self("log-format") }
}

extension OptionKey where Value == LogLevel {
    static var logLevel: Self { Self("log-level") }
}

extension OptionKey where Value == ColorChoice {
    static var color: Self { Self("color") }
}
