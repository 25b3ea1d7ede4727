@echo off
rem Builds DeepSentry when there is no build or a source is newer than it, then runs it, as ./deepsentry does elsewhere.
rem To run without the sources, unpack an archive that mvn package -Parchives makes in deepsentry-cli\target, and use its bin\deepsentry.bat.
setlocal EnableExtensions DisableDelayedExpansion
set "ROOT=%~dp0"
set "VERSION="
for /f "usebackq tokens=1-3 delims=<>" %%a in ("%ROOT%pom.xml") do if "%%b"=="version" if "%%a"=="  " if not defined VERSION set "VERSION=%%c"
set "UNPACKED=%ROOT%deepsentry-cli\target\deepsentry-%VERSION%"
set "PROGRAM=%UNPACKED%\deepsentry-%VERSION%\bin\deepsentry.bat"
set "BUILT=%UNPACKED%\.built"
set "LOG=%ROOT%target\launcher-build.log"

if not exist "%PROGRAM%" goto build
if not exist "%BUILT%" goto build
powershell -NoProfile -Command "$built = (Get-Item -Force $env:BUILT).LastWriteTime; $newer = Get-ChildItem -Path ($env:ROOT + 'pom.xml'), ($env:ROOT + 'deepsentry-*\pom.xml'), ($env:ROOT + 'deepsentry-*\src\main'), ($env:ROOT + 'deepsentry-cli\src\dist'), ($env:ROOT + 'deepsentry-cli\src\assembly') -Recurse -File | Where-Object { $_.LastWriteTime -gt $built } | Select-Object -First 1; exit [int]($newer -ne $null)"
if not errorlevel 1 goto run

:build
where mvn >nul 2>&1
if not errorlevel 1 goto has_maven
>&2 echo deepsentry: Maven is needed to build, and there is no mvn on the PATH; install Maven 3.8 or newer, or run bin\deepsentry.bat of an unpacked release
exit /b 1

:has_maven
set "JAVAC=javac"
if defined JAVA_HOME set "JAVAC=%JAVA_HOME%\bin\javac"
set "JDK="
for /f "tokens=2" %%v in ('call "%JAVAC%" -version 2^>^&1') do set "JDK=%%v"
for /f "delims=." %%v in ("%JDK%") do set "JDK=%%v"
if not defined JDK goto no_jdk
if %JDK% GEQ 17 goto has_jdk
:no_jdk
>&2 echo deepsentry: JDK 17 or newer is needed to build; install one, or set JAVA_HOME to it
exit /b 1

:has_jdk
if not exist "%ROOT%target" mkdir "%ROOT%target"
>&2 echo deepsentry: building (the first time also downloads the libraries, about 250 MB) ...
rem What is edited while the build runs must count as newer than the build.
type nul >"%ROOT%target\launcher.started"
call mvn -B -f "%ROOT%pom.xml" -pl deepsentry-cli -am package -Dmaven.test.skip=true -Dspotless.check.skip=true >"%LOG%" 2>&1 <nul
if not errorlevel 1 goto built
>&2 findstr /b /c:"[ERROR] " "%LOG%"
>&2 echo deepsentry: the build failed; its whole output is in "%LOG%"
exit /b 1

:built
move /y "%ROOT%target\launcher.started" "%BUILT%" >nul

:run
call "%PROGRAM%" %*
exit /b %ERRORLEVEL%
