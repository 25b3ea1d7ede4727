@echo off
rem Builds DeepSentry when there is no build or a source is newer than it, then runs it, as ./deepsentry does elsewhere, but without
rem the name of the module that is being built, and without waiting for another build of the same checkout.
rem To run without the sources, unpack an archive that mvn package -Parchives makes in deepsentry-cli\target, and use its bin\deepsentry.bat.
setlocal EnableExtensions DisableDelayedExpansion
set "ROOT=%~dp0"
set "VERSION="
for /f "usebackq tokens=1-3 delims=<>" %%a in ("%ROOT%pom.xml") do if "%%b"=="version" if "%%a"=="  " if not defined VERSION set "VERSION=%%c"
set "UNPACKED=%ROOT%deepsentry-cli\target\deepsentry-%VERSION%"
set "PROGRAM=%UNPACKED%\deepsentry-%VERSION%\bin\deepsentry.bat"
set "BUILT=%UNPACKED%\.built"
set "LOG=%ROOT%target\launcher-build.log"
set "STARTED=%ROOT%target\launcher.started"

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
if defined JAVA_HOME goto java_home
set "JAVAC="
for %%j in (javac.exe) do set "JAVAC=%%~$PATH:j"
if defined JAVAC goto found_javac
>&2 echo deepsentry: a JDK is needed to build, and there is no javac; install JDK 17 or newer, or set JAVA_HOME to it
exit /b 1

:java_home
set "JAVAC=%JAVA_HOME%\bin\javac.exe"
if exist "%JAVAC%" goto found_javac
>&2 echo deepsentry: a JDK is needed to build, and there is no javac in JAVA_HOME, which is "%JAVA_HOME%"; install JDK 17 or newer, or set JAVA_HOME to it
exit /b 1

rem "javac 17.0.9", "javac 21-ea" or, before 9, "javac 1.8.0_392".
:found_javac
set "JDK="
for /f "tokens=2" %%v in ('call "%JAVAC%" -version 2^>^&1') do if not defined JDK set "JDK=%%v"
if not defined JDK goto old_jdk
if "%JDK:~0,2%"=="1." set "JDK=%JDK:~2%"
for /f "delims=.-+_" %%v in ("%JDK%") do set "JDK=%%v"
if %JDK% GEQ 17 goto has_jdk
:old_jdk
if not defined JDK set "JDK=unknown"
>&2 echo deepsentry: JDK 17 or newer is needed to build, but "%JAVAC%" is version %JDK%; install one, or set JAVA_HOME to it
exit /b 1

:has_jdk
if not exist "%ROOT%target" mkdir "%ROOT%target"
>&2 echo deepsentry: building (the first time also downloads the libraries, about 390 MB) ...
rem What is edited while the build runs must count as newer than the build.
type nul >"%STARTED%"
call mvn -B -f "%ROOT%pom.xml" -pl deepsentry-cli -am package -Dmaven.test.skip=true -Dspotless.check.skip=true >"%LOG%" 2>&1 <nul
if not errorlevel 1 goto built
rem The first of what Maven says, without its own advice.
powershell -NoProfile -Command "Select-String -Path $env:LOG -Pattern '^\[ERROR\] [^\[]' | ForEach-Object Line | Where-Object { $_ -notmatch 'e-run Maven|For more information|After correcting|^.ERROR. -> ' } | Select-Object -First 6" >&2
>&2 echo deepsentry: the build failed; its whole output is in "%LOG%"
exit /b 1

:built
powershell -NoProfile -Command "$took = (Get-Date) - (Get-Item $env:STARTED).LastWriteTime; [Console]::Error.WriteLine('deepsentry: built in {0:0} s', $took.TotalSeconds)"
move /y "%STARTED%" "%BUILT%" >nul

:run
call "%PROGRAM%" %*
exit /b %ERRORLEVEL%
