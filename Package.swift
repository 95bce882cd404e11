// swift-tools-version: 6.2
import PackageDescription

/// What every Swift target of the house is built with.
let house: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableUpcomingFeature("ImmutableWeakCaptures"),
    .treatAllWarnings(as: .error),
    .treatWarning("DeprecatedDeclaration", as: .warning),
]
/// Targets that touch C: each unsafe expression says so.
let border = house + [.strictMemorySafety()]

func swift(_ name: String, _ dependencies: [String] = [], border isBorder: Bool = false) -> Target {
    .target(
        name: name,
        dependencies: dependencies.map { .byName(name: $0) },
        swiftSettings: isBorder ? border : house
    )
}

func tests(_ name: String, _ dependencies: [String], resources: [Resource] = []) -> Target {
    .testTarget(
        name: name,
        dependencies: dependencies.map { .byName(name: $0) },
        resources: resources,
        swiftSettings: house
    )
}

func library(_ name: String, pkgConfig: String, package: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([package])])
}

let package = Package(
    name: "idbridge",
    products: [.executable(name: "idbridge", targets: ["idbridge"])],
    targets: [
        // Functional core.
        swift("Diagnostics"),
        swift("Crypto", ["CCrypto"], border: true),
        swift("YAML", ["CYAML", "Diagnostics"], border: true),
        swift("IAMPolicy"),
        swift("Model"),
        swift("Mapping", ["YAML", "Model", "Diagnostics"]),
        swift("Planner", ["Mapping", "Model", "Crypto"]),
        swift("Report", ["Model", "Diagnostics"]),

        // Imperative shell.
        swift("HTTP", ["CCurl"], border: true),
        swift("HTTPServer", ["CMicroHTTPD"], border: true),
        swift("AWSAuth", ["HTTP", "Crypto"]),
        swift("AWSConfigFile", ["AWSAuth", "Model"]),
        swift("Sandbox", ["HTTPServer", "Crypto"]),
        swift("Configuration", ["YAML", "Diagnostics", "Model"]),
        swift("Notices", ["HTTP", "Model"]),
        swift("SQLiteLedger", ["CSQLite", "Model"], border: true),
        swift("IdentityCenter", ["HTTP", "AWSAuth", "Model"]),
        swift("EntraID", ["HTTP", "Crypto", "Model"]),
        swift("GoogleWorkspace", ["HTTP", "Crypto", "AWSAuth", "Model"]),
        swift("Engine", ["Planner", "Mapping", "Report", "Model"]),
        swift("Departures", ["Engine", "HTTPServer", "Model", "Crypto"]),
        swift(
            "CLI",
            [
                "Departures", "Engine", "GoogleWorkspace", "EntraID", "IdentityCenter", "SQLiteLedger", "Notices",
                "Configuration", "AWSConfigFile", "Sandbox", "AWSAuth", "HTTP", "HTTPServer", "Report", "Planner",
                "Mapping", "Model",
                "IAMPolicy", "YAML", "Crypto", "Diagnostics",
            ]
        ),
        .executableTarget(name: "idbridge", dependencies: ["CLI"], swiftSettings: house),
        .executableTarget(
            name: "idbridge-bench",
            dependencies: [
                "Planner", "Mapping", "Model", "EntraID", "HTTP", "HTTPServer", "Sandbox", "CLI", "RoundTrips",
            ],
            path: "Benchmarks",
            exclude: ["RoundTrips"],
            swiftSettings: house
        ),

        // What `make bench` and the tests both count by.
        .target(
            name: "RoundTrips",
            dependencies: ["Sandbox"],
            path: "Benchmarks/RoundTrips",
            swiftSettings: house
        ),

        // C libraries, all from Debian.
        library("CCurl", pkgConfig: "libcurl", package: "libcurl4-openssl-dev"),
        library("CCrypto", pkgConfig: "libcrypto", package: "libssl-dev"),
        library("CYAML", pkgConfig: "yaml-0.1", package: "libyaml-dev"),
        library("CSQLite", pkgConfig: "sqlite3", package: "libsqlite3-dev"),
        library("CMicroHTTPD", pkgConfig: "libmicrohttpd", package: "libmicrohttpd-dev"),

        // Tests.
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: house),
        .target(
            name: "CaseWorlds",
            dependencies: ["YAML", "Mapping", "Planner", "Model"],
            path: "Tests/CaseWorlds",
            swiftSettings: house
        ),
        tests("DiagnosticsTests", ["Diagnostics"]),
        tests("CryptoTests", ["Crypto"]),
        tests("YAMLTests", ["YAML", "Diagnostics", "TestSupport"], resources: [.copy("Reference")]),
        tests("IAMPolicyTests", ["IAMPolicy"], resources: [.copy("Vectors")]),
        tests("ModelTests", ["Model"]),
        tests(
            "MappingTests",
            ["Mapping", "YAML", "Diagnostics", "Model", "TestSupport"],
            resources: [.copy("Cases"), .copy("Corpus")]
        ),
        tests(
            "PlannerTests",
            ["Planner", "Mapping", "YAML", "Diagnostics", "Model", "TestSupport", "CaseWorlds"],
            resources: [.copy("Cases")]
        ),
        tests("ReportTests", ["Report", "Model", "Diagnostics", "TestSupport"], resources: [.copy("Golden")]),
        tests("HTTPTests", ["HTTP", "HTTPServer"]),
        tests("AWSAuthTests", ["AWSAuth", "Sandbox", "HTTP", "HTTPServer", "Crypto"], resources: [.copy("Vectors")]),
        tests(
            "AWSConfigFileTests",
            ["AWSConfigFile", "AWSAuth", "Model", "TestSupport"],
            resources: [.copy("Cases")]
        ),
        tests("SandboxTests", ["Sandbox", "HTTPServer", "HTTP", "AWSAuth", "Crypto", "TestSupport"]),
        tests("ConfigurationTests", ["Configuration", "Model", "Diagnostics", "TestSupport"]),
        tests("NoticesTests", ["Notices", "SQLiteLedger", "HTTP", "HTTPServer", "Model", "TestSupport"]),
        tests("SQLiteLedgerTests", ["SQLiteLedger", "Model", "TestSupport"]),
        tests("IdentityCenterTests", ["IdentityCenter", "AWSAuth", "HTTP", "Sandbox", "HTTPServer", "Model"]),
        tests(
            "GoogleWorkspaceTests",
            ["GoogleWorkspace", "AWSAuth", "HTTP", "Sandbox", "HTTPServer", "Crypto", "Model"],
            resources: [.copy("Vectors")]
        ),
        tests("EntraIDTests", ["EntraID", "HTTP", "Sandbox", "HTTPServer", "Crypto", "Model", "TestSupport"]),
        tests(
            "DeparturesTests",
            [
                "idbridge", "Departures", "Engine", "CLI", "Sandbox", "HTTPServer", "HTTP", "SQLiteLedger", "Crypto",
                "Model",
                "Planner", "RoundTrips", "TestSupport",
            ]
        ),
        tests("EngineTests", ["Engine", "Planner", "Mapping", "Model", "YAML", "Diagnostics"]),
        tests(
            "CLITests",
            [
                "CLI", "Sandbox", "HTTPServer", "HTTP", "Model", "Planner", "Mapping", "Engine", "Report",
                "SQLiteLedger",
                "YAML", "CaseWorlds", "idbridge", "TestSupport",
            ],
            resources: [.copy("Golden")]
        ),
    ],
    swiftLanguageModes: [.v6]
)
