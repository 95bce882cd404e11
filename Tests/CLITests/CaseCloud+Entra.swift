import CaseWorlds
import HTTPServer
import Sandbox
import YAML

/// The Entra sources of a case.
extension CaseCloud {
    static func entraConfiguration(of name: String, _ sandbox: Sandbox, guests: Bool) -> [String] {
        let entra = sandbox.world.snapshot().entra
        return [
            "  \(name):", "    kind: entra", "    tenant: \(entra.tenantID)",
            "    client: \(entra.applications.first?.clientID ?? "")",
            "    credential: { secret: \"${env:AZURE_CLIENT_SECRET}\" }", "    authority: \(sandbox.baseURL)",
            "    graph: \(sandbox.baseURL)", "    guests: \(guests)",
        ]
    }

    func fill(_ entra: inout World.Entra, _ source: Node) {
        for node in source["users"]?.list ?? [] {
            let state = node["state"]?.text ?? "active"
            entra.users.append(
                World.EntraUser(
                    id: node["id"]?.text ?? "",
                    userPrincipalName: node["primary"]?.text ?? "",
                    mail: node["mail"]?.text,
                    proxyAddresses: (node["aliases"]?.texts ?? []).map { "smtp:\($0)" },
                    isEnabled: state != "suspended",
                    userType: node["guest"]?.bool == true ? "Guest" : "Member",
                    deletedAt: state == "deleted" ? "2026-11-20T09:00:00Z" : nil
                )
            )
        }
        let nodes = source["groups"]?.list ?? []
        let groups = Set(nodes.compactMap { $0["id"]?.text })
        for node in nodes {
            entra.groups.append(
                World.EntraGroup(
                    id: node["id"]?.text ?? "",
                    displayName: node["displayName"]?.text ?? "",
                    isHidden: node["hiddenMembership"]?.bool ?? false,
                    members: (node["members"]?.texts ?? []).map { groups.contains($0) ? .group($0) : .user($0) }
                )
            )
        }
        switch source["unreadable"] {
        case let node? where node.list != nil: entra.behaviour.unreadableGroups = Set(node.texts)
        default: break
        }
    }

    func injectEntraFaults(_ source: Node, into sandbox: Sandbox) {
        let wholly = Fault.Effect.refused(code: "Request_BadRequest", status: 400)
        switch source["unreadable"]?.string {
        case "all":
            for operation in ["users.list", "users.delta", "groups.list", "groups.delta"] {
                sandbox.world.inject(Fault(.operation("graph", operation), .every, wholly))
            }
        case "users":
            for operation in ["users.list", "users.delta"] {
                sandbox.world.inject(Fault(.operation("graph", operation), .every, .wrongTypes))
            }
        default: break
        }
    }
}
