@echo off
rem Runs DeepSentry from the folder this script lies in. Needs a Java 17 (or newer) runtime, nothing else.
rem It does what bin/deepsentry does, but for the class archive, limits of memory below 2 GB, the umask, of which Windows has none, and
rem the two lines that no level of TensorFlow's log silences. No blocks in brackets: a path may hold one.
setlocal EnableExtensions DisableDelayedExpansion
set "HOME_DIR=%~dp0.."

if not defined JAVA_HOME goto on_path
set "JAVA=%JAVA_HOME%\bin\java.exe"
if exist "%JAVA%" goto found
>&2 echo deepsentry: JAVA_HOME is %JAVA_HOME%, but "%JAVA%" is not a program; point JAVA_HOME to a Java 17 runtime or unset it
exit /b 1

:on_path
set "JAVA="
for %%j in (java.exe) do set "JAVA=%%~$PATH:j"
if defined JAVA goto found
>&2 echo deepsentry: no Java found; install a Java 17 runtime (or newer), or set JAVA_HOME
exit /b 1

rem An older Java would only say that it does not know the class file version. The release file costs no second Java start.
:found
for %%j in ("%JAVA%") do set "RELEASE=%%~dpj..\release"
set "VERSION="
if exist "%RELEASE%" for /f "usebackq tokens=1,2 delims==" %%k in ("%RELEASE%") do if "%%k"=="JAVA_VERSION" set "VERSION=%%~l"
if not defined VERSION goto new_enough
if "%VERSION:~0,2%"=="1." set "VERSION=%VERSION:~2%"
for /f "delims=.-+_" %%v in ("%VERSION%") do set "VERSION=%%v"
if %VERSION% GEQ 17 goto new_enough
>&2 echo deepsentry: "%JAVA%" is Java %VERSION%, but Java 17 or newer is needed; install one, or set JAVA_HOME to it
exit /b 1

:new_enough
if not defined TF_CPP_MIN_LOG_LEVEL set "TF_CPP_MIN_LOG_LEVEL=2"
for /f "delims=" %%j in ('dir /b "%HOME_DIR%\lib\deepsentry-cli-*.jar"') do set "JAR=%HOME_DIR%\lib\%%j"

rem The heap keeps the whole process below 2 GB. The simple collector needs least; live has the one of short pauses, since an alert waits for them.
rem DEEPSENTRY_JAVA_OPTS comes later and therefore wins.
set "OPTIONS=-XX:-UsePerfData -Djava.awt.headless=true"
set "HEAP=-Xmx1g"
set "COLLECTOR=-XX:+UseSerialGC"
if /i "%~1"=="live" set "COLLECTOR=-XX:+UseG1GC -XX:MaxGCPauseMillis=5 -XX:GCTimeRatio=3"
if not defined DEEPSENTRY_JAVA_OPTS goto options
if not "%DEEPSENTRY_JAVA_OPTS:RAMPercentage=%"=="%DEEPSENTRY_JAVA_OPTS%" set "HEAP="
if not "%DEEPSENTRY_JAVA_OPTS:-XX:+Use=%"=="%DEEPSENTRY_JAVA_OPTS%" set "COLLECTOR="
:options

rem ONNX Runtime's libraries lie here as files, so that no start unpacks them.
set "NATIVE="
if exist "%HOME_DIR%\native\" set NATIVE="-Donnxruntime.native.path=%HOME_DIR%\native"

rem What ends within a second is not worth the better of the two compilers.
for %%c in (--version --help -h -V init inspect completion man feedback) do if "%~1"=="%%c" set "OPTIONS=%OPTIONS% -XX:TieredStopAtLevel=1"
if "%~1"=="" set "OPTIONS=%OPTIONS% -XX:TieredStopAtLevel=1"

rem Bars and colours need a terminal that understands escape sequences: Windows Terminal, ConEmu, or one that sets TERM. Whether the output goes there, Java
rem finds out (java.base: the console of Java 22 and newer would take a pipe for a terminal). The width is the second number of mode con.
if not defined WT_SESSION if not "%ConEmuANSI%"=="ON" if not defined TERM goto run
if /i "%TERM%"=="dumb" goto run
set "OPTIONS=%OPTIONS% -Djdk.console=java.base -Ddeepsentry.terminal=detect -Ddeepsentry.results.terminal=detect"
set "COLUMNS_OF_TERMINAL="
for /f "skip=4 tokens=2 delims=:" %%c in ('mode con 2^>nul') do if not defined COLUMNS_OF_TERMINAL set "COLUMNS_OF_TERMINAL=%%c"
if defined COLUMNS_OF_TERMINAL set "OPTIONS=%OPTIONS% -Ddeepsentry.columns=%COLUMNS_OF_TERMINAL: =%"

:run
"%JAVA%" %HEAP% %COLLECTOR% %OPTIONS% %NATIVE% %DEEPSENTRY_JAVA_OPTS% -jar "%JAR%" %*
exit /b %ERRORLEVEL%
