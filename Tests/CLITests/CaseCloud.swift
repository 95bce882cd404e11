import CaseWorlds
import HTTPServer
import Sandbox
import YAML

/// The clouds of a case as a world of the sandbox.
struct CaseCloud {
    private let root: Node

    init(_ root: Node) { self.root = root }

    func world() -> World {
        var world = World()
        for source in root["sources"]?.entries ?? [] where (source.value["kind"]?.text ?? "google") == "google" {
            fill(&world.google, source.value)
        }
        for source in root["sources"]?.entries ?? [] where source.value["kind"]?.text == "entra" {
            fill(&world.entra, source.value)
        }
        fillOrganization(&world)
        fillIdentityCenter(&world)
        return world
    }

    /// What the case says cannot be read.
    func injectFaults(into sandbox: Sandbox) {
        for source in root["sources"]?.entries ?? [] where source.value["kind"]?.text == "entra" {
            injectEntraFaults(source.value, into: sandbox)
        }
        for source in root["sources"]?.entries ?? [] where (source.value["kind"]?.text ?? "google") == "google" {
            guard let unreadable = source.value["unreadable"] else { continue }
            switch unreadable.string {
            case "all":
                sandbox.world.inject(
                    Fault(.operation("google", "users.list"), .every, .refused(code: "invalid", status: 400))
                )
                sandbox.world.inject(
                    Fault(.operation("google", "groups.list"), .every, .refused(code: "invalid", status: 400))
                )
            case "users": sandbox.world.inject(Fault(.operation("google", "users.list"), .every, .wrongTypes))
            default:
                for id in unreadable.texts {
                    sandbox.world.inject(
                        Fault(
                            Fault.Match("google", "members.list") { $0.request.path.contains("/groups/\(id)/") },
                            .every,
                            .refused(code: "forbidden", status: 403)
                        )
                    )
                }
            }
        }
    }

    static func configuration(of name: String, _ source: Node, _ sandbox: Sandbox, guests: Bool) -> [String] {
        if source["kind"]?.text == "entra" { return entraConfiguration(of: name, sandbox, guests: guests) }
        return [
            "  \(name):", "    kind: google", "    credentials: \(sandbox.googleKeyFile)",
            "    impersonate: directory-reader@example.com", "    endpoint: \(sandbox.baseURL)",
            "    guests: \(guests)",
        ]
    }

    // MARK: Google

    private func fill(_ google: inout World.Google, _ source: Node) {
        for node in source["users"]?.list ?? [] {
            let state = node["state"]?.text ?? "active"
            google.users.append(
                World.GoogleUser(
                    id: node["id"]?.text ?? "",
                    primaryEmail: node["primary"]?.text ?? "",
                    aliases: node["aliases"]?.texts ?? [],
                    isSuspended: state == "suspended",
                    isArchived: state == "archived",
                    isGuest: node["guest"]?.bool ?? false,
                    deletionTime: state == "deleted" ? "2026-11-20T09:00:00.000Z" : nil
                )
            )
        }
        let nodes = source["groups"]?.list ?? []
        let addresses = Dictionary(
            nodes.map { ($0["id"]?.text ?? "", $0["address"]?.text ?? "") },
            uniquingKeysWith: { $1 }
        )
        for node in nodes {
            google.groups.append(
                World.GoogleGroup(
                    id: node["id"]?.text ?? "",
                    email: node["address"]?.text ?? "",
                    aliases: node["aliases"]?.texts ?? [],
                    isAdminCreated: node["adminCreated"]?.bool ?? true,
                    members: (node["members"]?.list ?? []).map { member($0, addresses) }
                )
            )
        }
        for node in nodes {
            for member in node["members"]?.list ?? [] {
                guard let address = member["group"]?.text else { continue }
                google.groups.append(
                    World.GoogleGroup(id: member["id"]?.text ?? "", email: address, owner: .otherCustomer(status: 403))
                )
            }
        }
    }

    private func member(_ node: Node, _ groups: [String: String]) -> World.GoogleMember {
        if node["customer"]?.bool == true { return .customer() }
        if let address = node["external"]?.text { return .external(address, id: node["id"]?.text ?? "") }
        if let address = node["group"]?.text { return .group(node["id"]?.text ?? "", email: address) }
        if let address = groups[node.text] { return .group(node.text, email: address) }
        return .user(node.text)
    }

    // MARK: AWS

    private func fillOrganization(_ world: inout World) {
        let target = root["target"]
        let management = target?["managementAccount"]?.text ?? "900000000009"
        world.organization.managementAccount = management
        world.organization.accounts = []
        world.access.keys = [World.Key(principal: "arn:aws:iam::\(management):user/idbridge")]
        for account in target?["accounts"]?.list ?? [] {
            let tags = Dictionary(
                (account["tags"]?.entries ?? []).map { ($0.key.text, $0.value.text) },
                uniquingKeysWith: { $1 }
            )
            world.addAccount(
                account["id"]?.text ?? "",
                name: account["name"]?.text ?? "",
                unit: account["ou"]?.text ?? "/",
                tags: tags,
                state: account["state"]?.text ?? "ACTIVE"
            )
        }
        for unit in target?["ous"]?.texts ?? [] {
            world.organization.units.insert(unit.split(separator: "/").map(String.init))
        }
    }

    private func fillIdentityCenter(_ world: inout World) {
        let target = root["target"]
        for name in target?["permissionSets"]?.texts ?? [] { world.addPermissionSet(name) }
        for node in target?["users"]?.list ?? [] { world.identityCenter.users.append(user(node)) }
        for node in target?["groups"]?.list ?? [] {
            let id = node["id"]?.text ?? ""
            world.identityCenter.groups.append(
                World.Group(
                    id: id,
                    displayName: node["name"]?.text ?? "",
                    description: node["description"]?.text,
                    externalIDs: node["externalId"].map { [World.ExternalID($0.text)] } ?? [],
                    members: node["members"]?.texts ?? []
                )
            )
            guard node["applications"]?.bool == true else { continue }
            world.identityCenter.applications.append(
                World.Application(
                    arn: "arn:aws:sso::900000000009:application/ssoins-5a4d8c0b12345678/apl-\(id)",
                    name: "app",
                    assignments: [.group(id)]
                )
            )
        }
        for node in target?["assignments"]?.list ?? [] {
            let principal: World.Principal =
                node["group"].map { .group($0.text) } ?? .user(node["user"]?.text ?? "")
            world.assign(
                principal,
                account: node["account"]?.text ?? "",
                permissionSet: node["permissionSet"]?.text ?? ""
            )
        }
    }

    private func user(_ node: Node) -> World.User {
        let name = node["userName"]?.text ?? ""
        var emails = (node["emails"]?.list ?? []).map {
            World.Email($0["value"]?.text ?? "", isPrimary: $0["primary"]?.bool ?? false)
        }
        if emails.isEmpty { emails = [World.Email(node["email"]?.text ?? name)] }
        return World.User(
            id: node["id"]?.text ?? "",
            userName: name,
            emails: emails,
            externalIDs: (node["externalIds"]?.list ?? []).map { entry in
                World.ExternalID(
                    entry["id"]?.text ?? entry.text,
                    issuer: entry["issuer"]?.text ?? "https://scim.example.com/"
                )
            },
            status: node["status"]?.text ?? "ENABLED"
        )
    }
}
