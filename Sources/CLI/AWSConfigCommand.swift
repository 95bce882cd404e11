internal import AWSConfigFile
internal import Configuration
internal import Engine
internal import Mapping
internal import Model
internal import Planner
internal import Report

/// `idbridge aws-config`: one AWS CLI configuration for everybody.
struct AWSConfigCommand {
    let context: CommandContext

    func run() async throws(CommandFailure) -> Int32 {
        let destination = try AWSConfigDestination(context)
        let configuration = try context.configuration()
        let settings: AWSConfigConfiguration
        do { settings = try configuration.awsConfig.get() } catch { throw CommandFailure(error) }
        let mapping = try context.mapping(of: configuration)
        try destination.check()
        let regions = try ProfileRegions(settings, mapping)
        let access = try await read(try Session(context, configuration), mapping, needsTags: regions.needsTags)
        try checkNames(access)
        let (block, unknown) = try AWSConfigBlock(settings, regions, access).make()
        warn(access.warnings)
        warn(access.leftOut + unknown)
        let isChange = try destination.deliver(block)
        if context.arguments[.check], isChange { return 2 }
        return access.leftOut.isEmpty && unknown.isEmpty ? 0 : 4
    }

    private func read(
        _ session: Session,
        _ mapping: AccessMapping,
        needsTags: Bool
    ) async throws(CommandFailure) -> ReachableAccess {
        let request = AccessRequest(
            mapping: mapping,
            now: context.asOf,
            isEveryAssignment: context.arguments[.all],
            names: context.arguments[.reach],
            needsTags: needsTags
        )
        do {
            let reader = AccessReader(session.environment(ledger: try session.ledgerCopy()))
            let access = try await context.stop.interrupting { try await reader.read(request) }
            if let code = context.stop.exitCode { throw EngineError.stopped(exitCode: code) }
            return access
        } catch  where context.stop.exitCode != nil {
            throw CommandFailure(EngineError.stopped(exitCode: context.stop.exitCode ?? 130))
        } catch let error as EngineError {
            throw CommandFailure(error)
        } catch let error as CommandFailure {
            throw error
        } catch {
            throw CommandFailure(1, "idbridge: \(error)")
        }
    }

    private func checkNames(_ access: ReachableAccess) throws(CommandFailure) {
        if let (name, people) = access.ambiguousNames.min(by: { $0.key < $1.key }) {
            let shown = people.map { Printable.text($0.shown) }.joined(separator: "; or ")
            throw CommandFailure(64, "idbridge: --for \(Printable.name(name)) fits \(people.count) people: \(shown)")
        }
        guard let name = access.unknownNames.first else { return }
        let kind =
            name.utf8.contains(UInt8(ascii: "@"))
            ? "nobody of that name, at the sources or in Identity Center"
            : "no group of that name, in the mapping or in Identity Center (people have an @ in their names)"
        throw CommandFailure(67, "idbridge: --for names \(Printable.name(name)), and there is \(kind)")
    }

    private func warn(_ warnings: [PlanWarning]) {
        for warning in warnings {
            var place = ""
            if let file = warning.file { place = "\(Printable.text(file)):\(warning.line ?? 1): " }
            context.terminal.message("warning: \(place)\(Printable.text(warning.message))")
        }
    }
}

/// Makes the block from what is reachable.
struct AWSConfigBlock {
    private let settings: AWSConfigConfiguration
    private let regions: ProfileRegions
    private let access: ReachableAccess

    init(_ settings: AWSConfigConfiguration, _ regions: ProfileRegions, _ access: ReachableAccess) {
        self.settings = settings
        self.regions = regions
        self.access = access
    }

    /// The block, and what of the regions the target does not know.
    func make() throws(CommandFailure) -> (block: ConfigBlock, unknown: [PlanWarning]) {
        let identity = access.observed.identity
        let (regionByAccount, unknown) = regions.resolve(access.observed.organization)
        let accounts = Dictionary(
            access.observed.organization.accounts.map { ($0.id, $0.name) },
            uniquingKeysWith: { first, _ in first }
        )
        let sets = Dictionary(
            access.observed.permissionSets.map { ($0.arn, $0.name) },
            uniquingKeysWith: { first, _ in first }
        )
        let profiles = access.pairs.sorted().compactMap { pair -> ProfileAccess? in
            guard let account = accounts[pair.account], let set = sets[pair.permissionSet] else { return nil }
            return ProfileAccess(
                account: pair.account,
                accountName: account,
                permissionSet: set,
                region: regionByAccount[pair.account] ?? settings.region ?? identity.region
            )
        }
        let block = ConfigBlock(
            session: ConfigSession(name: settings.session, startURL: try startURL(identity), region: identity.region),
            access: profiles,
            template: settings.profileName,
            settings: settings.settings.map { .init(key: $0.key, value: $0.value) }
        )
        return (block, unknown)
    }

    /// In other partitions the portals have other hosts, some by region: there it must be given.
    private func startURL(_ identity: TargetIdentity) throws(CommandFailure) -> String {
        if let given = settings.startURL { return given }
        guard identity.partition == "aws" else {
            throw CommandFailure(
                78,
                "idbridge: awsConfig.startUrl: there is no default in the partition \(identity.partition); "
                    + "take the AWS access portal URL from the settings of Identity Center"
            )
        }
        return "https://\(identity.identityStoreID).awsapps.com/start"
    }
}

/// `awsConfig.regions`: the first entry that fits an account gives its region.
struct ProfileRegions {
    private let entries: [(selectors: [Selector], region: String)]
    private let sets: [String: AccountSet]
    /// Whether a selector looks at tags, itself or by a set.
    let needsTags: Bool

    init(_ settings: AWSConfigConfiguration, _ mapping: AccessMapping) throws(CommandFailure) {
        sets = mapping.accountSets
        var entries: [(selectors: [Selector], region: String)] = []
        for (index, entry) in settings.regions.enumerated() {
            var selectors: [Selector] = []
            for selector in entry.accounts {
                let kind = ProfileRegions.kind(selector)
                if case .set(let name) = kind, mapping.accountSets[name] == nil {
                    throw CommandFailure(
                        78,
                        "idbridge: awsConfig.regions[\(index)].accounts: the mapping has no account set \(Printable.name(name))"
                    )
                }
                selectors.append(
                    Selector(kind: kind, place: Place(file: "awsConfig.regions[\(index)]", line: 1, column: 1))
                )
            }
            entries.append((selectors, entry.region))
        }
        self.entries = entries
        needsTags = entries.contains { $0.selectors.contains { if case .tags = $0.kind { true } else { false } } }
    }

    private static func kind(_ selector: AWSConfigConfiguration.Selector) -> Selector.Kind {
        switch selector {
        case .id(let id): .id(id)
        case .name(let name): .name(name)
        case .organizationalUnit(let path): .organizationalUnit(path)
        case .tags(let tags): .tags(tags)
        case .set(let name): .set(name)
        case .all: .all
        }
    }

    /// The regions of the accounts that have one of their own, and what the organization does not know.
    func resolve(_ organization: Organization) -> (regions: [AccountID: String], unknown: [PlanWarning]) {
        let selector = AccountSelector(organization, sets: sets)
        var regions: [AccountID: String] = [:]
        var unknown: [PlanWarning] = []
        for (index, entry) in entries.enumerated() {
            let (accounts, problems) = selector.accounts(entry.selectors)
            for account in accounts where regions[account] == nil { regions[account] = entry.region }
            for problem in problems where !unknown.contains(where: { $0.message.hasSuffix(problem.message) }) {
                unknown.append(
                    PlanWarning(code: problem.code, message: "awsConfig.regions[\(index)]: \(problem.message)")
                )
            }
        }
        return (regions, unknown)
    }
}
