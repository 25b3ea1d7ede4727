<#-- One line a library: the licences (src/dist/licenses has their texts), what it is, and where it comes from. -->
The libraries in lib/, their licences, and where they come from. licenses/ has the text of each
licence with the copyright notices of those that are under it. A library under several licences
may be used under any of them. Jars that bring a NOTICE or notices of their own parts have them
inside.

<#list dependencyMap as entry>
<#assign project = entry.getKey()/>
<#assign licenses = entry.getValue()/>
<#if project.groupId != "io.deepsentry">
${project.groupId}:${project.artifactId}:${project.version}
    ${licenses?join(" or ")}
    ${project.url!"no address"}
</#if>
</#list>
